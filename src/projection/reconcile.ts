import type { Database, Session } from '../db/database.js';
import { prepareSchema, schemaState } from '../db/migrator.js';
import type { ProjectedTable, Schema } from '../db/schema.js';
import { type Kysely, sql } from '../db/sql.js';
import { inTransaction } from '../db/transaction.js';
import { MavenError } from '../errors.js';
import type { Repository } from '../git/repository.js';
import { isAncestor, type Revision } from '../git/revision.js';
import type { ReportProgress } from '../progress.js';
import { applyDiff } from './apply.js';
import { differs, diffTable, type TableDiff } from './diff.js';
import { FORMAT_VERSION } from './format-version.js';
import { enforceGuards, refusalOf } from './guards.js';
import { loadEmptyTables } from './load-empty.js';
import {
  countRows,
  lockProjection,
  type ProjectionState,
  readProjectionState,
  writeProjectionState,
} from './projection-state.js';
import type { ArtifactReader } from './read-artifacts.js';
import { type ReconcileReport, type RowCounts, upToDate } from './reconcile-report.js';
import { type Staged, stagePlan } from './run-stage.js';
import { SCOPE_TABLE, stageName } from './stage.js';
import { fullPlan, incrementalPlan, type StagePlan } from './stage-plan.js';
import { NO_TREE, noArtifacts, targetRevision, tooNew, treeOf } from './target-revision.js';
import { projectedHead } from './up-to-date.js';

export interface ReconcileDependencies {
  readonly repository: Repository;
  readonly database: Database;
  readonly progress?: ReportProgress;
}

export interface ReconcileOptions {
  /** Compare and report, change nothing. */
  readonly dryRun?: boolean;
  /** Read every artifact, not only those that changed. */
  readonly rebuild?: boolean;
  /** Only these tables; the projection then still counts as being where it was. */
  readonly only?: readonly ProjectedTable[];
  /** Apply what the guards refuse. */
  readonly force?: boolean;
  /** Another revision than HEAD; used with a scratch database. */
  readonly revision?: string;
}

/**
 * Brings the projection to HEAD: stages what the artifacts imply, applies exactly the difference, and proves in the
 * same transaction that no difference is left.
 *
 * @throws {@link MavenError} ARTIFACTS_NOT_FOUND, GUARD_REFUSED, PROJECTION_UNPROVEN, SCHEMA_TOO_NEW, DATABASE_*.
 * @see architecture: one core path, stage, diff, apply.
 */
export async function reconcile(
  dependencies: ReconcileDependencies,
  options: ReconcileOptions = {},
): Promise<ReconcileReport> {
  const { repository, database } = dependencies;
  if (options.rebuild !== true && options.only === undefined && options.revision === undefined) {
    const head = await projectedHead(repository, database);
    if (head !== null) return upToDate(head, options.dryRun === true);
  }
  const report = await database.withSession(async (session) => {
    if (options.dryRun === true && (await schemaState(session)) !== 'current') return null;
    await prepareSchema(session, options.rebuild === true);
    return inTransaction(session, async () => {
      await lockProjection(session.db);
      // Only now, with the lock held: HEAD may have moved while another process projected it.
      const target = await targetRevision(repository, options.revision);
      const state = await readProjectionState(session.db);
      const report = await project(dependencies, session, target, state, options);
      return { commit: options.dryRun !== true, result: report };
    });
  });
  return report ?? againstNothing(dependencies, options);
}

/** A dry run where there are no tables yet: what a reconcile would write, found without making them. */
async function againstNothing(
  dependencies: ReconcileDependencies,
  options: ReconcileOptions,
): Promise<ReconcileReport> {
  const { openEmbeddedDatabase } = await import('../db/embedded-database.js');
  const database = openEmbeddedDatabase({ folder: null, lockTimeoutMs: 0, notice: () => undefined });
  try {
    return {
      ...(await reconcile({ ...dependencies, database }, { ...options, dryRun: false })),
      dryRun: true,
    };
  } finally {
    await database.close();
  }
}

async function project(
  dependencies: ReconcileDependencies,
  session: Session,
  target: Revision,
  state: ProjectionState | null,
  options: ReconcileOptions,
): Promise<ReconcileReport> {
  const { db } = session;
  const { repository } = dependencies;
  if (state !== null && state.formatVersion > FORMAT_VERSION) throw tooNew(state.formatVersion);
  if (state === null && target.artifactsTree === null) throw noArtifacts(target.commit);
  if (state === null && options.only === undefined && options.dryRun !== true) {
    const report = await load(dependencies, session, target, options);
    if (report !== null) return report;
  }
  const { plan, reader } = await stageWhole(dependencies, session, target, state, options);
  const before = plan.scope === 'paths' && state !== null ? state.rowCounts : await countRows(db);
  const diffs = await diffAll(db, plan);
  const fastForward = state === null || (await isAncestor(repository, state.revision, target.commit));
  const guarded = {
    before,
    diffs,
    sourceChanged: state?.artifactsTree !== treeOf(target),
    fastForward,
    contradictions: fastForward ? 0 : await countContradictions(db, plan),
    sourceEmpty: target.artifactsTree === null || (plan.scope === 'all' && reader.size === 0),
  };
  const rowCounts = countsAfter(before, diffs);
  if (options.dryRun !== true) {
    enforceGuards(guarded, options.force === true);
    await applyAndProve(db, plan, diffs);
    await recordState(db, target, state, options, { diffs, rowCounts });
  }
  return {
    mode: plan.scope === 'all' ? 'full' : 'incremental',
    revision: target.commit,
    previousRevision: state?.revision ?? null,
    dryRun: options.dryRun === true,
    diffs,
    rowCounts,
    artifactsRead: reader.size,
    problems: countProblems(reader),
    refusal: options.dryRun === true ? refusalOf(guarded) : null,
  };
}

/** The first projection into empty tables. @returns null = they are to be compared. */
async function load(
  dependencies: ReconcileDependencies,
  session: Session,
  target: Revision,
  options: ReconcileOptions,
): Promise<ReconcileReport | null> {
  const plan = await fullPlan(dependencies.repository, treeOf(target));
  const loaded = await loadEmptyTables(dependencies, session, plan);
  if (loaded === null) return null;
  const { reader, rowCounts } = loaded;
  const diffs = plan.tables.map(({ table }) => ({
    table,
    missing: rowCounts[table] ?? 0,
    changed: 0,
    extra: 0,
  }));
  await recordState(session.db, target, null, options, { diffs, rowCounts });
  return {
    mode: 'full',
    revision: target.commit,
    previousRevision: null,
    dryRun: false,
    diffs,
    rowCounts,
    artifactsRead: reader.size,
    problems: countProblems(reader),
    refusal: null,
  };
}

/**
 * Writes down what the tables mirror now. After a partial run that changed something they mirror no tree: the next run
 * then looks at everything.
 */
async function recordState(
  db: Kysely<Schema>,
  target: Revision,
  state: ProjectionState | null,
  options: ReconcileOptions,
  { diffs, rowCounts }: { readonly diffs: readonly TableDiff[]; readonly rowCounts: RowCounts },
): Promise<void> {
  if (options.only === undefined) {
    const artifactsTree = treeOf(target);
    const revision = target.commit;
    await writeProjectionState(db, { revision, artifactsTree, formatVersion: FORMAT_VERSION, rowCounts });
  } else if (state !== null && diffs.some(({ missing, changed, extra }) => missing + changed + extra > 0)) {
    await writeProjectionState(db, { ...state, artifactsTree: NO_TREE, rowCounts });
  }
}

/**
 * Stages what changed, or everything where that cannot tell the whole difference.
 *
 * When a staged identity stands in an unchanged artifact too, only a look at all artifacts tells which row counts.
 */
async function stageWhole(
  dependencies: ReconcileDependencies,
  session: Session,
  target: Revision,
  state: ProjectionState | null,
  options: ReconcileOptions,
): Promise<Staged> {
  const { db } = session;
  const plan = await makePlan(dependencies.repository, db, target, state, options);
  await sql`savepoint before_stage`.execute(db);
  const staged = await stagePlan(dependencies, session, plan);
  if (plan.scope === 'all' || !(await meetsOtherArtifacts(db, plan))) return staged;
  await sql`rollback to savepoint before_stage`.execute(db);
  return stagePlan(dependencies, session, await fullPlan(dependencies.repository, treeOf(target)));
}

async function makePlan(
  repository: Repository,
  db: Kysely<Schema>,
  target: Revision,
  state: ProjectionState | null,
  options: ReconcileOptions,
): Promise<StagePlan> {
  const tree = treeOf(target);
  if (options.only !== undefined) return fullPlan(repository, tree, options.only);
  if (options.rebuild === true) return fullPlan(repository, tree);
  return (await incrementalPlan(db, repository, state, tree)) ?? fullPlan(repository, tree);
}

async function meetsOtherArtifacts(db: Kysely<Schema>, plan: StagePlan): Promise<boolean> {
  for (const description of plan.tables) {
    const found = await sql`select 1 from ${sql.table(stageName(description))} s
      join ${sql.table(description.table)} l on l.id = s.id and l.git_path <> s.git_path
      where l.git_path not in (select git_path from ${sql.table(SCOPE_TABLE)}) limit 1`.execute(db);
    if (found.rows.length > 0) return true;
  }
  return false;
}

async function diffAll(db: Kysely<Schema>, plan: StagePlan): Promise<readonly TableDiff[]> {
  const diffs: TableDiff[] = [];
  for (const description of plan.tables) diffs.push(await diffTable(db, description, plan.scope));
  return diffs;
}

async function applyAndProve(
  db: Kysely<Schema>,
  plan: StagePlan,
  diffs: readonly TableDiff[],
): Promise<void> {
  for (const [i, description] of plan.tables.entries()) {
    const diff = diffs[i];
    if (diff === undefined || diff.missing + diff.changed + diff.extra === 0) continue;
    await applyDiff(db, description, diff);
    const left = await diffTable(db, description, plan.scope);
    if (left.missing + left.changed + left.extra === 0) continue;
    throw new MavenError(
      'PROJECTION_UNPROVEN',
      `${description.table} still differs from git after it was written`,
      {
        hint: 'nothing was changed; look for a trigger or a rule on that table',
        data: { left },
      },
    );
  }
}

const PLACE: ReadonlySet<string> = new Set(['git_path', 'git_line', 'decision_id']);

/** Where a row stands may change with its history; what it says may not, unless it is a later revision. */
async function countContradictions(db: Kysely<Schema>, plan: StagePlan): Promise<number> {
  let contradictions = 0;
  for (const description of plan.tables) {
    if (description.table === 'maven_problems') continue;
    const later = description.table === 'maven_trades' ? sql`and s.revision <= l.revision` : sql``;
    const { rows } = await sql<{ count: string }>`select count(*) as count
      from ${sql.table(stageName(description))} s join ${sql.table(description.table)} l on l.id = s.id
      where ${differs(description, PLACE)} ${later}`.execute(db);
    contradictions += Number(rows[0]?.count ?? 0);
  }
  return contradictions;
}

function countsAfter(before: RowCounts, diffs: readonly TableDiff[]): RowCounts {
  const after: Record<string, number> = { ...before };
  for (const diff of diffs) after[diff.table] = (after[diff.table] ?? 0) + diff.missing - diff.extra;
  return after;
}

function countProblems(reader: ArtifactReader): { errors: number; warnings: number } {
  const errors = reader.problems.filter((problem) => problem.severity === 'error').length;
  return { errors, warnings: reader.problems.length - errors };
}
