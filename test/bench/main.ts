/**
 * Measures maven-git against something that everybody has, side by side in one run, and prints the ratios.
 *
 * Usage: npm run bench [-- --trades 100000 --decisions 20000 --upstream 1000000 --runs 3 --only sync]. Results go to .bench/results.json as well.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startPostgres } from '../support/postgres-server.js';
import { removeFolder } from '../support/remove-folder.js';
import { generateHistory, importHistory } from './dataset.js';
import { benchMcp } from './mcp.js';
import { inTurn, median, type Run, runProcess } from './measure.js';
import { benchMetrics } from './metrics.js';
import { dropDatabase, exportRows, loadRows, newDatabase } from './reference-load.js';
import { benchSync } from './sync.js';

interface Result {
  readonly what: string;
  readonly against: string;
  readonly goal: number;
  readonly seconds: number;
  readonly againstSeconds: number;
  readonly ratio: number;
  readonly peakMiB: number;
}

const { values } = parseArgs({
  options: {
    trades: { type: 'string', default: '100000' },
    decisions: { type: 'string', default: '20000' },
    snapshots: { type: 'string', default: '8760' },
    upstream: { type: 'string', default: '1000000' },
    runs: { type: 'string', default: '3' },
    only: { type: 'string', default: 'projection,sync,metrics,mcp' },
  },
});
const size = {
  trades: Number(values.trades),
  decisions: Number(values.decisions),
  snapshots: Number(values.snapshots),
};
const runs = Number(values.runs);
const root = path.resolve(import.meta.dirname, '../../..');
const maven = path.join(root, 'dist/bin/maven-git.js');
const results: Result[] = [];
let serial = 0;

function record(what: string, against: string, goal: number, left: Run, right: Run): void {
  const result = {
    what,
    against,
    goal,
    seconds: left.seconds,
    againstSeconds: right.seconds,
    ratio: left.seconds / right.seconds,
    peakMiB: Math.round(left.peakMiB),
  };
  results.push(result);
  const verdict = result.ratio <= goal ? 'ok' : 'over';
  console.log(
    `${what.padEnd(46)} ${left.seconds.toFixed(3).padStart(8)} s  ${right.seconds.toFixed(3).padStart(8)} s  ` +
      `${result.ratio.toFixed(2).padStart(6)}  goal ${String(goal).padEnd(4)} ${verdict.padEnd(4)} ${result.peakMiB} MiB   (against ${against})`,
  );
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'maven-bench-'));
const server = await startPostgres();
try {
  console.log(
    `${size.trades} trades, ${size.decisions} decisions, ${size.snapshots} snapshots; ${runs} runs each, medians`,
  );
  console.log(`Postgres: ${server.origin}; node ${process.version}; ${os.cpus().length} processors\n`);
  const parts = new Set(values.only.split(','));
  if (parts.has('projection')) await benchProjection();
  if (parts.has('sync')) {
    const rows = Number(values.upstream);
    await benchSync({ serverUrl: server.url, folder, program: maven, rows, runs, record });
  }
  if (parts.has('metrics')) {
    await benchMetrics({ serverUrl: server.url, trades: Number(values.upstream), runs, record });
  }
  if (parts.has('mcp')) await benchMcp({ serverUrl: server.url, folder, program: maven, size, runs, record });
  mkdirSync(path.join(root, '.bench'), { recursive: true });
  const report = { date: new Date().toISOString(), size, node: process.version, results };
  writeFileSync(path.join(root, '.bench/results.json'), `${JSON.stringify(report, null, 2)}\n`);
} finally {
  await server.stop();
  removeFolder(folder);
}

async function benchProjection(): Promise<void> {
  const repository = path.join(folder, 'repository');
  mkdirSync(repository);
  await runProcess('git', ['init', '--quiet', '--initial-branch=main'], { cwd: repository });
  await importHistory(repository, generateHistory(size));
  await runProcess('git', ['reset', '--quiet', '--hard'], { cwd: repository });
  await benchRebuild(repository);
  await benchReconcile(repository);
  await benchCommit(repository);
}

/** Rebuild of an empty Postgres against COPY of the same rows, ready-made, into the same indexed tables. */
async function benchRebuild(repository: string): Promise<void> {
  const rebuilds: Run[] = [];
  const verifies: Run[] = [];
  const loads: Run[] = [];
  for (let i = 0; i < runs; i++) {
    const database = await newDatabase(server.url);
    const env = { MAVEN_DATABASE_URL: database };
    rebuilds.push(await runProcess('node', [maven, 'reconcile', '--repo', repository], { env }));
    verifies.push(await runProcess('node', [maven, 'verify', '--repo', repository], { env }));
    const exported = await exportRows(database, folder);
    loads.push(await loadRows(database, exported));
    await dropDatabase(server.url, database);
  }
  record(
    'rebuild of an empty Postgres, verified',
    'COPY of the same rows',
    1.0,
    median(rebuilds),
    median(loads),
  );
  record('verify, full', 'the rebuild', 0.7, median(verifies), median(rebuilds));
}

/** The everyday reconcile against the bare start of node. */
async function benchReconcile(repository: string): Promise<void> {
  const database = await newDatabase(server.url);
  const bare = () => runProcess('node', ['-e', '0']);
  for (const [name, env] of [
    ['Postgres', { MAVEN_DATABASE_URL: database }],
    ['embedded', { MAVEN_DATABASE_URL: 'embedded' }],
  ] as const) {
    const reconcile = () => runProcess('node', [maven, 'reconcile', '--repo', repository], { env });
    const first = await reconcile();
    console.log(`first reconcile, ${name}: ${first.seconds.toFixed(2)} s, ${Math.round(first.peakMiB)} MiB`);
    const nothing = await inTurn(runs * 3, reconcile, bare);
    record(`reconcile with nothing to do, ${name}`, 'bare start of node', 3, nothing.left, nothing.right);
    const one = await inTurn(runs, () => reconcileOne(repository, env), reconcile);
    record(`reconcile after one new trade, ${name}`, 'nothing to do', 2, one.left, one.right);
  }
  const help = await inTurn(runs * 3, () => runProcess('node', [maven, '--help']), bare);
  record('maven-git --help', 'bare start of node', 2, help.left, help.right);
  await dropDatabase(server.url, database);
}

/** Commits one trade on a day of its own with native git, and measures only the reconcile after it. */
async function reconcileOne(repository: string, env: Readonly<Record<string, string>>): Promise<Run> {
  serial += 1;
  const { default: fs } = await import('node:fs');
  const [file, text] = [...generateHistory({ trades: 1, decisions: 0, snapshots: 0 })][0] ?? ['', ''];
  const target = path.join(repository, file.replace('2025-01-01', '2027-01-01').replace('/2025/', '/2027/'));
  fs.mkdirSync(path.dirname(target), { recursive: true });
  const line = text.replaceAll('2025-01-01', '2027-01-01').replace('"1"', `"bench-${serial}"`);
  fs.appendFileSync(target, line);
  const git = ['-c', 'user.name=Bench', '-c', 'user.email=bench@localhost'];
  await runProcess('git', [...git, 'add', '--all'], { cwd: repository });
  await runProcess('git', [...git, 'commit', '--quiet', '-m', 'one trade'], { cwd: repository });
  return runProcess('node', [maven, 'reconcile', '--repo', repository], { env });
}

/** One artifact commit in a large repository against native `git add` and `git commit` of the same file. */
async function benchCommit(repository: string): Promise<void> {
  const { default: fs } = await import('node:fs');
  const { commitArtifacts } = await import('../../src/git/commit.js');
  const { openRepository } = await import('../../src/git/repository.js');
  const opened = await openRepository(repository);
  const git = ['-c', 'user.name=Bench', '-c', 'user.email=bench@localhost'];
  let n = 0;
  const ours = async (): Promise<Run> => {
    n += 1;
    const started = performance.now();
    const file = `.moha/maven/insights/insight_20270101_0000${String(n).padStart(2, '0')}.md`;
    await commitArtifacts(opened, {
      author: { name: 'Bench', email: 'bench@localhost' },
      now: new Date(),
      job: 'bench',
      purpose: 'bench',
      build: async () => ({ files: new Map([[file, `text ${n}\n`]]), subject: 'bench: one', records: 1 }),
    });
    return { seconds: (performance.now() - started) / 1000, peakMiB: 0, stdout: '' };
  };
  const native = async (): Promise<Run> => {
    n += 1;
    const file = `.moha/maven/insights/insight_20270102_0000${String(n).padStart(2, '0')}.md`;
    fs.mkdirSync(path.join(repository, path.dirname(file)), { recursive: true });
    fs.writeFileSync(path.join(repository, file), `text ${n}\n`);
    const started = performance.now();
    await runProcess('git', [...git, 'add', file], { cwd: repository });
    await runProcess('git', [...git, 'commit', '--quiet', '-m', 'bench'], { cwd: repository });
    return { seconds: (performance.now() - started) / 1000, peakMiB: 0, stdout: '' };
  };
  await ours();
  const compared = await inTurn(runs * 5, ours, native);
  record('one artifact commit, large repository', 'git add + git commit', 0.7, compared.left, compared.right);
}
