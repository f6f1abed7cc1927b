import { isUtf8 } from 'node:buffer';

/**
 * Turns a path's bytes into text. Bytes that are not UTF-8 are shown as `\xNN`, so that two such paths stay two.
 *
 * @param bytes - the path, one character a byte (latin1), as cut out of git's output.
 */
export function pathText(bytes: string): string {
  if (/^[\u0000-\u007f]*$/.test(bytes)) return bytes;
  const buffer = Buffer.from(bytes, 'latin1');
  if (isUtf8(buffer)) return buffer.toString('utf8');
  return bytes.replace(/[\u0080-\u00ff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
}
