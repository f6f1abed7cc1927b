import { existsSync } from 'node:fs';
import path from 'node:path';

export const HOW_TO_GET_CHROMIUM = 'apt-get install chromium fonts-dejavu-core, or name one by CHROME_BIN';

/**
 * By `CHROME_BIN`, the path of a binary, or from the folders where programs are installed.
 *
 * @returns null = there is none.
 */
export function chromiumBinary(): string | null {
  const named = process.env.CHROME_BIN;
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named;
    throw new Error(`CHROME_BIN: there is no file ${named}`);
  }
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/bin', '/usr/local/bin'];
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const candidates = [
    ...folders.flatMap((folder) => names.map((name) => path.join(folder, name))),
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ];
  return candidates.find((candidate) => existsSync(candidate)) ?? null;
}
