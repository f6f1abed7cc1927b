import { inflateSync } from 'node:zlib';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** How many pixels have a colour, by `rrggbb`. */
  readonly colours: ReadonlyMap<string, number>;
}

/** Counts the colours of a PNG with 8 bits a channel, as browsers write it. */
export function readPng(bytes: Buffer): Picture {
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const channels = bytes[25] === 6 ? 4 : bytes[25] === 2 ? 3 : 0;
  if (bytes[24] !== 8 || channels === 0 || bytes[28] !== 0)
    throw new Error('not a PNG that can be read here');
  const parts: Buffer[] = [];
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(bytes.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const rows = inflateSync(Buffer.concat(parts));
  const colours = new Map<string, number>();
  let before = new Uint8Array(width * channels);
  for (let y = 0; y < height; y++) {
    const start = y * (width * channels + 1);
    const row = unfilter(rows.subarray(start, start + width * channels + 1), before, channels);
    for (let x = 0; x < row.length; x += channels) {
      const colour = ((row[x] ?? 0) << 16) | ((row[x + 1] ?? 0) << 8) | (row[x + 2] ?? 0);
      const name = colour.toString(16).padStart(6, '0');
      colours.set(name, (colours.get(name) ?? 0) + 1);
    }
    before = row;
  }
  return { width, height, colours };
}

/** @param line - its filter, then its bytes. */
function unfilter(line: Uint8Array, before: Uint8Array, channels: number): Uint8Array<ArrayBuffer> {
  const row = new Uint8Array(line.length - 1);
  for (let i = 0; i < row.length; i++) {
    const left = i < channels ? 0 : (row[i - channels] ?? 0);
    const up = before[i] ?? 0;
    const corner = i < channels ? 0 : (before[i - channels] ?? 0);
    const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][line[0] ?? 0] ?? 0;
    row[i] = (line[i + 1] ?? 0) + predicted;
  }
  return row;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}
