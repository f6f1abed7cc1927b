import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readdirSync, renameSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Bench } from './bench.js';
import { importLongHistory, ledgerFileOf } from './long-history.js';
import { peakOfRuns, type Run, runProcess } from './measure.js';
import { dropDatabase, newDatabase } from './reference-load.js';
import { spreadOf } from './spread.js';

/** A repository of many commits, in one state of packing. */
interface Years {
  readonly repository: string;
  readonly commits: number;
  readonly state: string;
}

/**
 * Whether a repository stays workable after years of five-minute syncs: what it takes on disk and to clone, and how long
 * commands take, loose as commits leave it, packed, and with git's commit-graph.
 */
export async function benchHistory(bench: Bench): Promise<void> {
  const { commits, looseCommits } = bench.around.options;
  if (looseCommits > 0) {
    const repository = await makeHistory(bench, looseCommits);
    await unpack(repository);
    await measureState(bench, { repository, commits: looseCommits, state: 'loose' });
    await rm(repository, { recursive: true, force: true });
  }
  if (commits === 0) return;
  const repository = await makeHistory(bench, commits);
  const years = { repository, commits };
  await measureHelp(bench, { ...years, state: 'as imported' }, ['repack', '-a', '-d', '-q']);
  await measureState(bench, { ...years, state: 'packed' });
  await measureHelp(bench, { ...years, state: 'packed' }, ['commit-graph', 'write', '--reachable']);
  await measureState(bench, { ...years, state: 'packed, commit-graph' });
  const withPaths = ['commit-graph', 'write', '--reachable', '--changed-paths'];
  await measureHelp(bench, { ...years, state: 'packed, commit-graph' }, withPaths);
  await measureState(bench, { ...years, state: 'packed, commit-graph with paths' });
}

async function makeHistory(bench: Bench, commits: number): Promise<string> {
  const repository = await bench.newRepository(`history-${commits}`);
  const started = performance.now();
  await importLongHistory(repository, commits, bench.around.options.seed);
  await runProcess('git', ['reset', '--quiet', '--hard'], { cwd: repository });
  bench.around.note(`${commits} commits made in ${Math.round((performance.now() - started) / 1000)} s`);
  return repository;
}

/** Every object a file of its own, as commits leave them. */
async function unpack(repository: string): Promise<void> {
  const packs = path.join(repository, '.git/objects/pack');
  for (const name of readdirSync(packs).filter((file) => file.endsWith('.pack'))) {
    const aside = path.join(repository, '.git', name);
    renameSync(path.join(packs, name), aside);
    await rm(path.join(packs, name.replace('.pack', '.idx')));
    const file = await open(aside);
    const child = spawn('git', ['unpack-objects', '-q'], {
      cwd: repository,
      stdio: [file.fd, 'inherit', 'inherit'],
    });
    const [code] = (await once(child, 'close')) as [number | null];
    await file.close();
    if (code !== 0) throw new Error(`git unpack-objects ended with ${code}`);
    await rm(aside);
  }
}

/** What one step of maintenance takes, once. */
async function measureHelp(bench: Bench, years: Years, args: readonly string[]): Promise<void> {
  const run = await runProcess('git', args, { cwd: years.repository });
  tell(bench, years, `git ${args.join(' ')}`, [run]);
}

async function measureState(bench: Bench, years: Years): Promise<void> {
  const { serverUrl, folder, options } = bench.around;
  const { repository, commits } = years;
  await tellCounts(bench, years);
  const clone = path.join(folder, 'clone');
  const cloned = await runProcess('git', [
    'clone',
    '--quiet',
    '--bare',
    pathToFileURL(repository).href,
    clone,
  ]);
  await rm(clone, { recursive: true, force: true });
  tell(bench, years, 'git clone --bare', [cloned]);
  const database = await newDatabase(serverUrl);
  const env = { MAVEN_DATABASE_URL: database };
  const maven = (...args: readonly string[]) => bench.maven(repository, args, env);
  const several = async (work: () => Promise<Run>): Promise<readonly Run[]> => {
    const runs: Run[] = [];
    for (let i = 0; i < options.runs; i++) runs.push(await work());
    return runs;
  };
  tell(bench, years, 'reconcile, all of it', [await maven('reconcile')]);
  tell(bench, years, 'reconcile, nothing to do', await several(() => maven('reconcile')));
  tell(bench, years, 'status', await several(() => maven('status')));
  let one = 0;
  tell(
    bench,
    years,
    'reconcile after one commit',
    await several(async () => {
      await commitOne(repository, commits, `${years.state}-${one++}`);
      return maven('reconcile');
    }),
  );
  tell(
    bench,
    years,
    'record event, projected',
    await several(() => maven('record', 'event', '--type', 'NOTE', '--text', 'as measured')),
  );
  tell(bench, years, 'history of the newest trade', await several(() => maven('history', String(commits))));
  tell(bench, years, 'history of the oldest trade', await several(() => maven('history', '1')));
  // What this clone has found sound is not read again: without the note all history is.
  await rm(path.join(repository, '.git/maven/ledger-sound'), { force: true });
  tell(bench, years, 'verify, for the first time', [await maven('verify')]);
  tell(bench, years, 'verify, again', await several(() => maven('verify')));
  await dropDatabase(serverUrl, database);
}

async function commitOne(repository: string, commits: number, id: string): Promise<void> {
  const file = path.join(repository, ledgerFileOf(commits));
  const { stdout } = await runProcess('tail', ['-n', '1', file]);
  appendFileSync(file, stdout.replace(/"external_trade_id":"[^"]*"/, `"external_trade_id":"${id}"`));
  await runProcess('git', ['commit', '--quiet', '--all', '--message', 'one trade'], { cwd: repository });
}

function tell(bench: Bench, { commits, state }: Years, what: string, runs: readonly Run[]): void {
  const value = spreadOf(runs.map(({ seconds }) => seconds));
  bench.history({ commits, state, what, value, unit: 'seconds', peakMiB: peakOfRuns(runs) });
}

async function tellCounts(bench: Bench, { repository, commits, state }: Years): Promise<void> {
  const { stdout } = await runProcess('git', ['count-objects', '-v'], { cwd: repository });
  const counts = new Map(stdout.split('\n').map((line) => line.split(': ') as [string, string]));
  const count = (key: string): number => Number(counts.get(key) ?? 0);
  for (const [what, value, unit] of [
    ['loose objects', count('count'), 'objects'],
    ['packed objects', count('in-pack'), 'objects'],
    ['packs', count('packs'), 'packs'],
    ['on disk', (count('size') + count('size-pack')) / 1024, 'MiB'],
  ] as const)
    bench.history({ commits, state, what, value: spreadOf([value]), unit, peakMiB: null });
}
