import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { runsPath, snapshotPath, statePath, tradesPath } from '../../parsers/paths.js';
import { formatRun } from '../../parsers/runs.js';
import { formatSyncState } from '../../src/ledger/sync-trades/sync-state.js';
import { createRandom, isoText, snapshotText, tradeLine } from './dataset.js';

const COMMIT_SECONDS = 300;
const COMMITS_A_DAY = 86_400 / COMMIT_SECONDS;
const COMMITS_AN_HOUR = 3600 / COMMIT_SECONDS;
const START_MS = Date.UTC(2021, 0, 1);

/**
 * Makes years of five-minute syncs through `git fast-import`: each commit adds a trade to the day's ledger, a line to the
 * day's runs, and changes the state of the sync; once an hour a snapshot comes with it.
 *
 * The versions of one file are handed over one after the other, so that git stores what changed and not the whole day each
 * time.
 */
export async function importLongHistory(folder: string, commits: number, seed: number): Promise<void> {
  const child = spawn('git', ['fast-import', '--quiet', '--done'], {
    cwd: folder,
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const ended = once(child, 'close');
  const random = createRandom(seed);
  for (let first = 0; first < commits; first += COMMITS_A_DAY)
    await writeDay(child.stdin, random, first, Math.min(COMMITS_A_DAY, commits - first));
  child.stdin.end('done\n');
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`git fast-import ended with ${code}`);
}

/** Marks of a day's blobs: ledgers from 1, runs and states after them, used anew every day. */
const [LEDGERS, RUNS, STATES] = [1, 1001, 2001] as const;

async function writeDay(out: Writable, random: () => number, first: number, count: number): Promise<void> {
  const times = Array.from({ length: count }, (_, i) => START_MS + (first + i) * COMMIT_SECONDS * 1000);
  await writeGrowing(
    out,
    LEDGERS,
    times.map((ms, i) => tradeLine(random, first + i + 1, isoText(ms), [])),
  );
  await writeGrowing(out, RUNS, times.map(runLine));
  for (const [i, ms] of times.entries())
    await writeBlob(out, STATES + i, Buffer.from(stateText(first + i + 1, isoText(ms))));
  const day = isoText(times[0] ?? START_MS);
  for (const [i, ms] of times.entries()) {
    const lines = [
      'commit refs/heads/main',
      `committer Bench <bench@localhost> ${ms / 1000 + 2} +0000`,
      'data <<END',
      'trades: 1 new',
      '',
      'Maven-Job: sync trades',
      'Maven-Records: 1',
      'END',
      ...(first + i === 0 ? identityLines() : []),
      `M 100644 :${LEDGERS + i} ${tradesPath(day)}`,
      `M 100644 :${RUNS + i} ${runsPath(day)}`,
      `M 100644 :${STATES + i} ${statePath('moha')}`,
    ];
    if ((first + i) % COMMITS_AN_HOUR === 0) {
      const at = isoText(ms);
      const text = snapshotText(random, at);
      lines.push(`M 100644 inline ${snapshotPath(at)}`, `data ${Buffer.byteLength(text)}`, text);
    }
    await write(out, `${lines.join('\n')}\n\n`);
  }
}

function identityLines(): readonly string[] {
  const text = '{\n  "name": "Maven"\n}\n';
  return ['M 100644 inline .moha/maven/identity.json', `data ${Buffer.byteLength(text)}`, text];
}

/** Every version of a file to which one line a commit is added. */
async function writeGrowing(out: Writable, mark: number, lines: readonly string[]): Promise<void> {
  const all = Buffer.from(lines.join(''));
  let end = 0;
  for (const [i, line] of lines.entries()) {
    end += Buffer.byteLength(line);
    await writeBlob(out, mark + i, all.subarray(0, end));
  }
}

async function writeBlob(out: Writable, mark: number, bytes: Buffer): Promise<void> {
  await write(out, `blob\nmark :${mark}\ndata ${bytes.length}\n`);
  await write(out, bytes);
  await write(out, '\n');
}

async function write(out: Writable, chunk: string | Buffer): Promise<void> {
  if (!out.write(chunk)) await once(out, 'drain');
}

function runLine(ms: number): string {
  return formatRun({
    job: 'sync trades',
    startedAt: isoText(ms + 1000),
    recordedAt: isoText(ms + 2000),
    records: 1,
    summary: 'trades: 1 new',
  });
}

function stateText(lastId: number, recordedAt: string): string {
  const state = {
    epoch: 1,
    lastId: String(lastId),
    heldId: null,
    horizon: String(1000 + lastId),
    upstream: { system: '7711037820242274687', timeline: '1', database: '40980', table: '40982' },
    gaps: [],
    skipped: [],
    open: null,
  };
  return formatSyncState(state, recordedAt);
}

/** The ledger file of the newest of so many commits. */
export function ledgerFileOf(commits: number): string {
  return tradesPath(isoText(START_MS + (commits - 1) * COMMIT_SECONDS * 1000));
}
