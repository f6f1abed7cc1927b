import { MavenError } from '../errors.js';

/** Ends a section of a request. */
export const FLUSH = Buffer.from('0000');

/** One line of git's wire protocol: its length in four hexadecimal digits, then its bytes. */
export function pktLine(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes]);
}

/** Lines at the head of an answer, and the bytes behind them, which are no lines. */
export interface PktLines {
  /** Without their line ends; a flush is not among them. */
  readonly lines: readonly string[];
  readonly rest: Buffer;
}

/**
 * Reads lines until what follows is none, such as a pack.
 *
 * @throws {@link MavenError} REMOTE_FAILED for an answer that was cut short.
 */
export function readPktLines(bytes: Buffer): PktLines {
  const lines: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const head = bytes.toString('latin1', at, at + 4);
    if (!/^[0-9a-f]{4}$/i.test(head)) break;
    const length = Number.parseInt(head, 16);
    const end = at + Math.max(4, length);
    if (end > bytes.length) throw cutShort();
    if (length > 4) lines.push(bytes.toString('utf8', at + 4, end).replace(/\n$/, ''));
    at = end;
  }
  return { lines, rest: bytes.subarray(at) };
}

function cutShort(): MavenError {
  return new MavenError('REMOTE_FAILED', 'the answer of the remote was cut short', {
    hint: 'try again; nothing was changed',
  });
}
