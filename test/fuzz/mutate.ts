import type { Random } from '../torture/random.js';
import { TOKENS } from './tokens.js';

/** Changes bytes in one way. `other` is another input, for what is put together of two. */
export type Mutation = (bytes: Buffer, random: Random, other: Buffer) => Buffer;

const LONGEST = 256 * 1024;
const NEWLINE = 10;

/** Every way in which an artifact comes to harm: on the way, by hand, by a merge, by malice. */
export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'bit flip': (bytes, random) => {
    const changed = Buffer.from(bytes);
    const at = random.below(bytes.length);
    changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8));
    return changed;
  },
  byte: (bytes, random) => {
    const changed = Buffer.from(bytes);
    changed[random.below(bytes.length)] = random.below(256);
    return changed;
  },
  truncation: (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  'cut out': (bytes, random) => {
    const [start, end] = range(bytes, random);
    return replace(bytes, start, end, '');
  },
  doubled: (bytes, random) => {
    const [start, end] = range(bytes, random);
    return replace(bytes, end, end, bytes.subarray(start, end));
  },
  splice: (bytes, random, other) =>
    Buffer.concat([
      bytes.subarray(0, random.below(bytes.length)),
      other.subarray(random.below(other.length)),
    ]),
  'part of another': (bytes, random, other) => {
    const [start, end] = range(other, random);
    return insert(bytes, random, other.subarray(start, end));
  },
  token: (bytes, random) => insert(bytes, random, random.pick(TOKENS)),
  'token instead': (bytes, random) => {
    const at = random.below(bytes.length);
    return replace(bytes, at, at + 1 + random.below(12), random.pick(TOKENS));
  },
  number: (bytes, random) => replaceMatch(bytes, random, /\d+(?:\.\d+)?/g, random.pick(NUMBERS)),
  'wrong type': (bytes, random) =>
    replaceMatch(bytes, random, /(?<=":\s*)(?:"[^"]*"|[\d.]+|null)/g, random.pick(VALUES)),
  'key twice': (bytes, random) => {
    const entry = random.pick([...matches(bytes, /"[^"\n]{1,40}":(?:"[^"\n]*"|[\d.]+|null),/g)]);
    return entry === undefined
      ? bytes
      : replace(bytes, entry.start, entry.start, bytes.subarray(entry.start, entry.end));
  },
  'string instead': (bytes, random) =>
    replaceMatch(bytes, random, /(?<=")[^"\n]*(?=")/g, random.pick(TOKENS).replace(/["\n\\]/g, '')),
  'carriage returns': (bytes) => Buffer.from(bytes.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1'),
  'byte order mark': (bytes) => Buffer.concat([Buffer.from('\ufeff'), bytes]),
  'invalid UTF-8': (bytes, random) => insert(bytes, random, random.pick(NOT_UTF8)),
  NUL: (bytes, random) => insert(bytes, random, '\0'),
  'merge conflict': (bytes, random, other) => {
    const [start, end] = lineAt(bytes, random);
    const [from, to] = lineAt(other, random);
    const sides = [bytes.subarray(start, end), other.subarray(from, to)];
    return replace(
      bytes,
      start,
      end,
      Buffer.concat([
        Buffer.from('<<<<<<< ours\n'),
        sides[0] ?? bytes,
        Buffer.from('=======\n'),
        sides[1] ?? bytes,
        Buffer.from('>>>>>>> theirs\n'),
      ]),
    );
  },
  nesting: (bytes, random) => {
    const [open, close] = random.pick([
      ['[', ']'],
      ['{"a":', '}'],
      ['> ', ''],
      ['- ', ''],
      ['(', ')'],
    ] as const);
    const depth = random.pick([2, 63, 64, 65, 79, 80, 81, 1000, 5000]);
    return insert(bytes, random, `${open.repeat(depth)}1${close.repeat(depth)}`);
  },
  'line gone': (bytes, random) => {
    const [start, end] = lineAt(bytes, random);
    return replace(bytes, start, end, '');
  },
  'line twice': (bytes, random) => {
    const [start, end] = lineAt(bytes, random);
    return replace(bytes, end, end, bytes.subarray(start, end));
  },
  'line elsewhere': (bytes, random) => {
    const [start, end] = lineAt(bytes, random);
    const [to] = lineAt(bytes, random);
    return replace(bytes, to, to, bytes.subarray(start, end));
  },
  'line of another': (bytes, random, other) => {
    const [to] = lineAt(bytes, random);
    const [start, end] = lineAt(other, random);
    return replace(bytes, to, to, other.subarray(start, end));
  },
  'line ends gone': (bytes, random) => {
    const at = bytes.indexOf(NEWLINE, random.below(bytes.length));
    return at === -1 ? bytes : replace(bytes, at, at + 1, '');
  },
  repeated: (bytes, random) => {
    const [start, end] = range(bytes, random);
    const unit = bytes.subarray(start, Math.min(end, start + 64));
    return unit.length === 0
      ? bytes
      : insert(bytes, random, Buffer.alloc(unit.length * random.pick([3, 50, 1100]), unit));
  },
  'four bytes': (bytes, random) => {
    const at = random.below(bytes.length);
    const four = Buffer.alloc(4);
    four.writeUInt32BE(
      random.pick([0, 1, 0xff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff]),
    );
    return replace(bytes, at, at + 4, four);
  },
  empty: () => Buffer.alloc(0),
};

const NAMES = Object.keys(MUTATIONS);

/** Changes an input in one to four ways, bounded in size. */
export function mutate(bytes: Buffer, random: Random, other: Buffer): Buffer {
  let changed = bytes;
  for (let left = 1 + random.below(4); left > 0; left -= 1) {
    // Nothing but growth can be done to an empty input.
    if (changed.length === 0) changed = Buffer.from(random.pick(TOKENS));
    // An emptied file says little; one in a thousand is enough.
    const name = random.pick(NAMES);
    if (name === 'empty' && random.below(30) > 0) continue;
    changed = MUTATIONS[name]?.(changed, random, other.length === 0 ? changed : other) ?? changed;
  }
  return changed.length > LONGEST ? changed.subarray(0, LONGEST) : changed;
}

const NUMBERS = [
  '0',
  '-0',
  '-1',
  '1',
  '007',
  '1.',
  '.5',
  '1e5',
  '1e400',
  '-1e-400',
  'NaN',
  'Infinity',
  '255',
  '256',
  '65536',
  '2147483648',
  '4294967296',
  '9007199254740993',
  '18446744073709551616',
  '99999999999999999999',
  '999999999999999999999',
  '0.000000000000000001',
  '0.0000000000000000001',
  '99999999999999999999.999999999999999999',
  '0000-00-00',
  '9999',
  '10000',
  '9'.repeat(400),
  '9'.repeat(500),
  '2026-02-30',
  '24',
  '60',
  '1,5',
] as const;

const VALUES = [
  'null',
  'true',
  'false',
  '0',
  '-0',
  '1e5',
  '1.50',
  '9007199254740993',
  '""',
  '" "',
  '[]',
  '{}',
  '[null]',
  '{"a":{}}',
  '"\\u0000"',
  '"\\ud800"',
  '"\\n"',
  '{"__proto__":1}',
  '"9999-12-31T23:59:59.999999+00:00"',
  '"NaN"',
  '"1e5"',
  '"43,250"',
] as const;

/** Cut sequences, overlong forms, surrogates as bytes, bytes of no meaning. */
const NOT_UTF8 = [
  [0xff],
  [0xfe, 0xff],
  [0xc3],
  [0xe2, 0x82],
  [0xc0, 0x80],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0x80],
].map((bytes) => Buffer.from(bytes));

function range(bytes: Buffer, random: Random): readonly [number, number] {
  const start = random.below(bytes.length);
  // Short ones mostly: a long one leaves little of the rest.
  const length = 1 + random.below(random.pick([4, 32, 400, bytes.length]));
  return [start, Math.min(bytes.length, start + length)];
}

/** A line with its end. */
function lineAt(bytes: Buffer, random: Random): readonly [number, number] {
  const at = random.below(bytes.length);
  const start = at === 0 ? 0 : bytes.lastIndexOf(NEWLINE, at - 1) + 1;
  const end = bytes.indexOf(NEWLINE, at);
  return [start, end === -1 ? bytes.length : end + 1];
}

function insert(bytes: Buffer, random: Random, piece: Buffer | string): Buffer {
  const at = random.below(bytes.length + 1);
  return replace(bytes, at, at, piece);
}

function replace(bytes: Buffer, start: number, end: number, piece: Buffer | string): Buffer {
  return Buffer.concat([bytes.subarray(0, start), Buffer.from(piece as string), bytes.subarray(end)]);
}

function replaceMatch(bytes: Buffer, random: Random, pattern: RegExp, piece: string): Buffer {
  const found = random.pick(matches(bytes, pattern));
  return found === undefined ? bytes : replace(bytes, found.start, found.end, piece);
}

interface Match {
  readonly start: number;
  readonly end: number;
}

/** Looked for in one window of the input: a large file has as many as anybody needs in each. */
function matches(bytes: Buffer, pattern: RegExp): readonly Match[] {
  const window = bytes.length <= 8192 ? 0 : Math.floor(bytes.length / 2);
  const text = bytes.toString('latin1', window, window + 8192);
  return [...text.matchAll(pattern)].map(({ index, 0: found }) => ({
    start: window + index,
    end: window + index + found.length,
  }));
}
