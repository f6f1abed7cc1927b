import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { runGit } from '../git/native-git.js';
import type { Repository } from '../git/repository.js';
import { type Check, ok, warning } from './check.js';

/** Three times what git's own housekeeping allows. */
const MANY_LOOSE = 20_000;
const MANY_PACKS = 50;
/** Some hundred thousand commits, a year of them every five minutes: from there on history is slow without help. */
const LONG_HISTORY = 1_000_000;

const PACK = 'git maintenance run; git maintenance start does so every hour';

/** Whether git's object store is in the state in which reading is quick, and why not. */
export const checkObjects: Check = async ({ repository }) => {
  const objects = join(repository.commonDir, 'objects');
  const folders = readdirSync(objects).filter((name) => /^[0-9a-f]{2}$/.test(name));
  const loose = folders.reduce((sum, name) => sum + readdirSync(join(objects, name)).length, 0);
  const packs = readdirSync(join(objects, 'pack')).filter((name) => name.endsWith('.idx'));
  const detail = `${loose.toLocaleString('en-US')} loose objects, ${packs.length} packs`;
  if (loose > MANY_LOOSE) return warning(`${detail}: reading slows down${await whyLoose(repository)}`, PACK);
  if (packs.length > MANY_PACKS) return warning(`${detail}: reading slows down`, 'git gc');
  const packed = packs.reduce((sum, name) => sum + objectsIn(join(objects, 'pack', name)), 0);
  if (packed > LONG_HISTORY && !knowsChangedPaths(objects))
    return warning(
      `${detail} of ${packed.toLocaleString('en-US')} objects, no commit-graph that knows which commit changed which file: ` +
        'history of one file is read some ten times as slowly',
      'git commit-graph write --reachable --changed-paths; once written so, git gc keeps it up to date',
    );
  return ok(detail);
};

/** Why git has not packed them by itself, where that can be seen. */
async function whyLoose(repository: Repository): Promise<string> {
  const log = join(repository.commonDir, 'gc.log');
  if (existsSync(log)) {
    const [first = ''] = readFileSync(log, 'utf8').split('\n');
    return `; git gc has failed: ${first} (${log})`;
  }
  if (!repository.nativeGit) return '; without native git nothing packs them';
  for (const [key, off] of [
    ['maintenance.auto', 'false'],
    ['gc.auto', '0'],
  ] as const) {
    const asked = ['config', ...(key === 'gc.auto' ? ['--type=int'] : ['--type=bool']), '--get', key];
    const { stdout } = await runGit(repository, asked, { answers: [0, 1] });
    if (stdout.toString('latin1').trim() === off)
      return `; ${key} is ${off}, so nothing packs them by itself`;
  }
  return '';
}

/** Whether git's commit-graph has filters of changed paths; in a chain of them its base, which has nearly all commits. */
function knowsChangedPaths(objects: string): boolean {
  const info = join(objects, 'info');
  const chain = join(info, 'commit-graphs', 'commit-graph-chain');
  const [base] = existsSync(chain) ? readFileSync(chain, 'latin1').split('\n') : [];
  const file =
    base === undefined ? join(info, 'commit-graph') : join(info, 'commit-graphs', `graph-${base}.graph`);
  return existsSync(file) && chunksOf(readHead(file, HEAD_BYTES)).includes('BIDX');
}

/** The names of the parts of a commit-graph, which stand in a table at its head. */
function chunksOf(head: Buffer): readonly string[] {
  const [table, entry] = [8, 12];
  const count = head.length < table ? 0 : head.readUInt8(6);
  return Array.from({ length: count }, (_, i) =>
    head.toString('latin1', table + i * entry, table + i * entry + 4),
  );
}

/** The last of 256 sums at the head of a pack's index counts all its objects. */
function objectsIn(index: string): number {
  const magic = 0xff744f63;
  const head = readHead(index, HEAD_BYTES);
  if (head.length < HEAD_BYTES) return 0;
  return head.readUInt32BE(head.readUInt32BE(0) === magic ? 8 + 255 * 4 : 255 * 4);
}

/** Two words and 256 sums. */
const HEAD_BYTES = 8 + 256 * 4;

/** @returns fewer bytes where the file is shorter. */
function readHead(path: string, length: number): Buffer {
  const head = Buffer.alloc(length);
  const file = openSync(path, 'r');
  try {
    return head.subarray(0, readSync(file, head, 0, length, 0));
  } finally {
    closeSync(file);
  }
}
