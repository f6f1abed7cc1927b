import type { Readable } from 'node:stream';
import { MavenError } from '../index.js';

const MOST_BYTES = 16 * 1024 * 1024;

/** Reads a stream to its end as UTF-8. */
export async function readAll(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk as Buffer | string);
    size += bytes.length;
    if (size > MOST_BYTES) {
      throw new MavenError('INPUT_INVALID', `the input is longer than ${MOST_BYTES} bytes`, {
        hint: 'give less',
      });
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
