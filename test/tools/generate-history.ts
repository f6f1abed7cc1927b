import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeHistory } from './history/history.js';

/**
 * Writes `fixtures/history/`: a history of a `.moha/maven` folder that looks real and never changes. Run it after a
 * change of the formats: `npm run build && node dist/test/tools/generate-history.js`. A test compares what it makes with
 * what is committed.
 */
async function main(): Promise<void> {
  const root = path.join(process.cwd(), 'fixtures', 'history');
  const files = makeHistory();
  await rm(path.join(root, '.moha'), { recursive: true, force: true });
  let bytes = 0;
  for (const [name, text] of files) {
    const file = path.join(root, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
    bytes += Buffer.byteLength(text);
  }
  process.stdout.write(`${files.size} files, ${Math.round(bytes / 1024)} KiB\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
