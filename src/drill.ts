import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Database } from './db/database.js';
import { MavenError } from './errors.js';
import { openRepository } from './git/repository.js';
import { type ReportProgress, silentProgress } from './progress.js';
import type { Finding } from './projection/finding.js';
import { rowsTotal } from './rows-total.js';

export interface DrillStep {
  readonly name: 'reconcile' | 'wipe' | 'recover' | 'compare' | 'tamper' | 'verify' | 'fix';
  /** What happened, in a few words with counts. */
  readonly detail: string;
  readonly seconds: number;
}

export interface DrillReport {
  readonly repository: string;
  readonly revision: string;
  readonly artifacts: number;
  readonly rows: number;
  /** Of all tables, before the wipe and again after the recovery and the fix. */
  readonly sha256: string;
  readonly steps: readonly DrillStep[];
}

export interface DrillOptions {
  readonly progress?: ReportProgress;
  readonly onStep?: (step: DrillStep) => void;
  /** Milliseconds that only grow. */
  readonly now?: () => number;
}

/** A cell to tamper with, in the first of these tables that has rows. */
const TAMPERINGS = [
  { table: 'maven_trades', column: 'fees_usd', change: 'coalesce(fees_usd, 0) + 1000' },
  { table: 'maven_decisions', column: 'action', change: "action || ' (edited by hand)'" },
  { table: 'maven_memory', column: 'content', change: "content || ' (edited by hand)'" },
] as const;

/**
 * Rehearses a database wipe on a repository, in a scratch database of its own: reconcile, wipe, recover, prove that
 * every byte is back, tamper with a cell, find it, mend it. Neither the repository nor its database is touched.
 *
 * @throws {@link MavenError} PROJECTION_UNPROVEN when a step does not end as it must.
 */
export async function drill(folder: string, options: DrillOptions = {}): Promise<DrillReport> {
  const repository = await openRepository(folder);
  const scratch = await mkdtemp(path.join(tmpdir(), 'maven-drill-'));
  const { openEmbeddedDatabase } = await import('./db/embedded-database.js');
  const database = openEmbeddedDatabase({ folder: scratch, lockTimeoutMs: 1000, notice: () => undefined });
  try {
    return await rehearse({ repository, database, progress: options.progress ?? silentProgress }, options);
  } finally {
    await database.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

async function rehearse(
  dependencies: {
    readonly repository: Awaited<ReturnType<typeof openRepository>>;
    readonly database: Database;
    readonly progress: ReportProgress;
  },
  options: DrillOptions,
): Promise<DrillReport> {
  const { reconcile } = await import('./projection/reconcile.js');
  const { verify } = await import('./projection/verify.js');
  const { fingerprint } = await import('./projection/dump.js');
  const { wipeDatabase } = await import('./db/wipe.js');
  const { database, repository } = dependencies;
  const steps: DrillStep[] = [];
  const take = async <T>(name: DrillStep['name'], work: () => Promise<readonly [T, string]>): Promise<T> => {
    const now = options.now ?? (() => performance.now());
    const start = now();
    const [result, detail] = await work();
    const step = { name, detail, seconds: (now() - start) / 1000 };
    steps.push(step);
    options.onStep?.(step);
    return result;
  };
  const takeFingerprint = () => database.withSession((session) => fingerprint(session.db));
  const project = async () => {
    const report = await reconcile(dependencies);
    return [
      report,
      `${count(report.artifactsRead)} artifacts became ${count(rowsTotal(report.rowCounts))} rows, proven`,
    ] as const;
  };

  const first = await take('reconcile', project);
  const before = await takeFingerprint();
  await take('wipe', async () => {
    await database.withSession((session) => wipeDatabase(session.db));
    return [null, 'every table dropped'];
  });
  await take('recover', project);
  await take('compare', async () => {
    const after = await takeFingerprint();
    expectSame('the recovered tables', before.sha256, after.sha256);
    return [
      null,
      `${count(after.rows)} rows, byte for byte as before, ids too (sha256 ${after.sha256.slice(0, 16)})`,
    ];
  });
  const tampered = await take('tamper', () => tamper(database));
  await take('verify', async () => {
    const { findings } = await verify(dependencies);
    const drift = findings.filter((finding) => finding.layer === 'projection');
    expectSame('the rows that verify names', tampered, drift.map(cellOf).join(', '));
    return [null, drift.map(describeFinding).join('; ')];
  });
  await take('fix', async () => {
    await verify(dependencies, { fix: true });
    expectSame('the mended tables', before.sha256, (await takeFingerprint()).sha256);
    return [null, 'verify --fix put it back; nothing differs any more'];
  });
  return {
    repository: repository.workTree ?? repository.gitDir,
    revision: first.revision,
    artifacts: first.artifactsRead,
    rows: rowsTotal(first.rowCounts),
    sha256: before.sha256,
    steps,
  };
}

/** Changes one cell behind the program's back; answers which. */
async function tamper(database: Database): Promise<readonly [string, string]> {
  const { sql } = await import('./db/sql.js');
  return database.withSession(async ({ db }) => {
    for (const { table, column, change } of TAMPERINGS) {
      const { rows } = await sql<{ id: string }>`update ${sql.table(table)}
        set ${sql.ref(column)} = ${sql.raw(change)}
        where id = (select id from ${sql.table(table)} order by git_path, git_line, id limit 1)
        returning id`.execute(db);
      if (rows.length > 0) return [`${table}.${column}`, `one cell of ${table}.${column} changed by hand`];
    }
    throw new MavenError('ARTIFACTS_NOT_FOUND', 'there is no row to tamper with', {
      hint: 'record a decision or an event first',
    });
  });
}

function cellOf(finding: Finding): string {
  return `${finding.table}.${finding.column}`;
}

function describeFinding(finding: Finding): string {
  const { key, path: file, line, actual, expected } = finding;
  return `${cellOf(finding)} of ${key}: found ${short(actual)}, git says ${short(expected)} (${file}:${line})`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function short(text: string | null): string {
  if (text === null) return 'null';
  const line = text.replace(/\s+/g, ' ');
  return JSON.stringify(line.length > 40 ? `…${line.slice(-40)}` : line);
}

function expectSame(what: string, expected: string, received: string): void {
  if (expected === received) return;
  throw new MavenError('PROJECTION_UNPROVEN', `${what} are not as they must be`, {
    hint: 'this is a fault of maven-git: report it with this message',
    data: { expected, received },
  });
}
