import { describe, expect, it } from 'vitest';
import { decodeArtifact, MAX_BYTES } from '../../parsers/text.js';

const PATH = '.moha/maven/session_log.md';
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const faults = (input: Uint8Array, path = PATH): string[] =>
  decodeArtifact(input, path).problems.map(({ code, line }) => `${code} ${line}`);

describe('decoding an artifact', () => {
  it('takes clean text as it is', () => {
    expect(decodeArtifact(bytes('a\nü🚀\u2028\n'), PATH)).toEqual({ text: 'a\nü🚀\u2028\n', problems: [] });
    expect(decodeArtifact(bytes(''), PATH)).toEqual({ text: '', problems: [] });
  });

  it('names the line of each fault', () => {
    expect(faults(bytes('\ufeffa\n'))).toEqual(['BYTE_ORDER_MARK 1']);
    expect(faults(bytes('a\nb'))).toEqual(['NO_FINAL_NEWLINE 2']);
    expect(faults(bytes('a\nb\0\n'))).toEqual(['NUL_CHARACTER 2']);
    expect(faults(Uint8Array.from([97, 10, 0xff, 10, 0xed, 0xa0, 0x80, 10]))).toEqual([
      'INVALID_UTF8 2',
      'INVALID_UTF8 3',
    ]);
    expect(faults(bytes('a\n<<<<<<< x\n=======\n>>>>>>> y\n'))).toEqual([
      'CONFLICT_MARKER 2',
      'CONFLICT_MARKER 4',
    ]);
    expect(faults(bytes('a <<<<<<< b\n=======\n'))).toEqual([]);
  });

  it('reads CRLF, and what old systems wrote, as LF', () => {
    expect(decodeArtifact(bytes('a\r\nb\rc\r\n'), PATH).text).toBe('a\nb\nc\n');
  });

  it('reads what is not text as U+FFFD', () => {
    expect(decodeArtifact(Uint8Array.from([97, 0xff, 0, 10]), PATH).text).toBe('a\ufffd\ufffd\n');
    // A replacement character that stands in the file is text.
    expect(faults(bytes('\ufffd\n'))).toEqual([]);
  });

  it('names a few lines and counts the rest', () => {
    const { problems } = decodeArtifact(bytes('a\r\n'.repeat(50)), PATH);
    expect(problems.map(({ line }) => line)).toEqual([1, 2, 3, 4]);
    expect(problems.at(-1)?.message).toContain('on 46 more lines');
    expect(decodeArtifact(new Uint8Array(40_000).fill(0xff), PATH).problems.length).toBeLessThan(10);
  });

  it('does not read a file over the cap of its kind', () => {
    const path = '.moha/maven/identity.json';
    const { text, problems } = decodeArtifact(new Uint8Array(MAX_BYTES.identity + 1).fill(32), path);
    expect(text).toBe('');
    expect(problems.map(({ code, severity }) => `${severity} ${code}`)).toEqual(['error FILE_TOO_LARGE']);
    expect(faults(new Uint8Array(MAX_BYTES.identity).fill(32), path)).toEqual(['NO_FINAL_NEWLINE 1']);
  });
});
