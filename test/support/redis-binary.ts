import { existsSync } from 'node:fs';
import path from 'node:path';

export const HOW_TO_GET_REDIS =
  'apt-get install redis-server, brew install redis, or name one by MAVEN_TEST_REDIS_SERVER';

/**
 * By `MAVEN_TEST_REDIS_SERVER`, the path of a binary, or from the folders where programs are installed.
 *
 * @returns null = there is none.
 */
export function redisBinary(): string | null {
  const named = process.env.MAVEN_TEST_REDIS_SERVER;
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named;
    throw new Error(`MAVEN_TEST_REDIS_SERVER: there is no file ${named}`);
  }
  const folders = [
    ...(process.env.PATH ?? '').split(path.delimiter),
    '/usr/bin',
    '/usr/local/bin',
    '/opt/homebrew/bin',
  ];
  const candidates = folders.flatMap((folder) =>
    ['redis-server', 'valkey-server'].map((name) => path.join(folder, name)),
  );
  return candidates.find((candidate) => existsSync(candidate)) ?? null;
}
