import { compareCodeUnits } from '../../parsers/compare-text.js';
import type { Session } from '../db/database.js';
import { schemaState } from '../db/migrator.js';
import { type SchemaChange, schemaChanges } from '../db/schema-definition.js';
import { inTransaction } from '../db/transaction.js';
import { MavenError } from '../errors.js';
import type { Revision } from '../git/revision.js';
import { checkArtifacts } from './check-artifacts.js';
import { danglingLink, danglingLinks } from './dangling-links.js';
import { diffTable, type TableDiff } from './diff.js';
import { type DigestedArtifacts, digestArtifacts, digestTables, newSeed, sameDigests } from './digest.js';
import { driftFindings } from './drift.js';
import { artifactFinding, type Finding, type VerifyLayer } from './finding.js';
import { FORMAT_VERSION } from './format-version.js';
import { checkLedgerHistory } from './ledger-history.js';
import {
  countRows,
  countStages,
  lockProjection,
  type ProjectionState,
  readProjectionState,
} from './projection-state.js';
import { type ArtifactReader, openReader } from './read-artifacts.js';
import { type ReconcileDependencies, reconcile } from './reconcile.js';
import type { RowCounts } from './reconcile-report.js';
import { stagePlan } from './run-stage.js';
import { fullPlan } from './stage-plan.js';
import { nothingProjected, schemaFinding, stateFindings } from './state-findings.js';
import type { ProjectedRow } from './table-description.js';
import { PROJECTED_TABLES } from './tables/index.js';
import { noArtifacts, targetRevision, tooNew, treeOf } from './target-revision.js';

export interface VerifyOptions {
  /** Mend the database, verify again, and answer with that verdict. */
  readonly fix?: boolean;
  /** With `fix`: apply what the guards refuse. */
  readonly force?: boolean;
  /** Check only what is in git; no database is needed. */
  readonly artifactsOnly?: boolean;
  /** How many rows of a table, and problems, are named at most. */
  readonly limit?: number;
}

export interface VerifyReport {
  readonly revision: string;
  /** `ok`, `findings`, or `not checked`: a layer that did not run never passes for one that is fine. */
  readonly layers: Readonly<Record<VerifyLayer, 'ok' | 'findings' | 'not checked'>>;
  readonly findings: readonly Finding[];
  /** Findings of severity `error`, and every row that differs, also those beyond the limit. */
  readonly errors: number;
  readonly warnings: number;
  /** How each table differs from git; empty when the projection was not checked. */
  readonly diffs: readonly TableDiff[];
  readonly rowCounts: RowCounts;
  readonly artifactsRead: number;
  /** Rows mended by `fix`, a table each. */
  readonly fixed: readonly TableDiff[];
  /** Why the guards refused `fix`, or null. */
  readonly refusal: string | null;
}

export const DEFAULT_LIMIT = 100;

/** What was found in each layer, before it is summed up. */
interface Found {
  readonly artifacts: readonly Finding[];
  /** Findings about the row that says what is projected; null when the projection was not checked. */
  readonly state: readonly Finding[] | null;
  readonly drift: readonly Finding[];
  readonly diffs: readonly TableDiff[];
  readonly rowCounts: RowCounts;
  readonly artifactsRead: number;
}

/**
 * Compares every row with what HEAD implies, and reports; changes nothing unless asked to.
 *
 * @throws when it could not check: the database or the repository is out of reach. That is never a verdict.
 * @see semantics: verify.
 */
export async function verify(
  dependencies: ReconcileDependencies,
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  const limit = options.limit ?? DEFAULT_LIMIT;
  if (options.artifactsOnly === true) {
    const target = await targetRevision(dependencies.repository);
    if (target.artifactsTree === null) throw noArtifacts(target.commit);
    return summarize(target, await checkWithoutDatabase(dependencies, target, null), limit);
  }
  const first = await compare(dependencies, limit);
  if (options.fix !== true || first.layers.projection !== 'findings') return first;
  try {
    const { diffs } = await reconcile(dependencies, { rebuild: true, force: options.force === true });
    return { ...(await compare(dependencies, limit)), fixed: diffs };
  } catch (error) {
    if (!(error instanceof MavenError) || error.code !== 'GUARD_REFUSED') throw error;
    return { ...first, refusal: error.message };
  }
}

async function compare(dependencies: ReconcileDependencies, limit: number): Promise<VerifyReport> {
  const { repository, database, progress } = dependencies;
  const seen = await targetRevision(repository);
  progress?.({ phase: 'reading the history of the ledger', done: 0, total: 0 });
  // Before the lock is taken: a long history must not make others wait.
  const rewrites = await checkLedgerHistory(repository, seen.commit, treeOf(seen));
  const outcome = await database.withSession(async (session) => {
    if ((await schemaState(session)) !== 'current') return null;
    return inTransaction<VerifyReport | readonly SchemaChange[]>(session, async () => {
      // What is compared must stand still: a reconcile in between would look like drift.
      await lockProjection(session.db);
      const target = await targetRevision(repository);
      const state = await readProjectionState(session.db);
      if (state !== null && state.formatVersion > FORMAT_VERSION) throw tooNew(state.formatVersion);
      if (state === null && target.artifactsTree === null) throw noArtifacts(target.commit);
      // Postgres looks at its tables while this process reads the artifacts.
      const expected = digestExpected(dependencies, target);
      try {
        const changes = await schemaChanges(session);
        if (changes.length > 0) return { commit: false, result: changes };
        const found =
          (await compareDigests(dependencies, session, target, state, expected)) ??
          (await compareTables(dependencies, session, target, state, limit));
        const report = summarize(target, { ...found, artifacts: [...found.artifacts, ...rewrites] }, limit);
        return { commit: false, result: report };
      } finally {
        await expected.digested.catch(() => undefined);
      }
    });
  });
  if (outcome !== null && 'layers' in outcome) return outcome;
  const target = await targetRevision(repository);
  if (target.artifactsTree === null) throw noArtifacts(target.commit);
  const state = outcome === null ? [nothingProjected(target)] : outcome.map(schemaFinding);
  return summarize(target, await checkWithoutDatabase(dependencies, target, state), limit);
}

async function checkWithoutDatabase(
  dependencies: ReconcileDependencies,
  target: Revision,
  state: readonly Finding[] | null,
): Promise<Found> {
  const { findings, artifactsRead } = await checkArtifacts(dependencies, target);
  return { artifacts: findings, state, drift: [], diffs: [], rowCounts: {}, artifactsRead };
}

interface Expected {
  readonly seed: bigint;
  readonly digested: Promise<DigestedArtifacts & { readonly reader: ArtifactReader }>;
}

/** Begins to digest what git implies. */
function digestExpected(dependencies: ReconcileDependencies, target: Revision): Expected {
  const seed = newSeed();
  const run = async () => {
    const { entries, tables } = await fullPlan(dependencies.repository, treeOf(target));
    const reader = openReader(dependencies, entries);
    return { ...(await digestArtifacts(reader, tables, seed)), reader };
  };
  const digested = run();
  // Awaited later; a failure before that must not count as unhandled.
  digested.catch(() => undefined);
  return { seed, digested };
}

/**
 * Compares by digest: the quick way to find that nothing differs.
 *
 * @returns null = something differs, and a comparison row by row tells what.
 */
async function compareDigests(
  { repository }: ReconcileDependencies,
  session: Session,
  target: Revision,
  state: ProjectionState | null,
  { seed, digested }: Expected,
): Promise<Found | null> {
  const [actual, { digests, dangling, reader }] = await Promise.all([
    digestTables(session.db, PROJECTED_TABLES, seed),
    digested,
  ]);
  if (!sameDigests(digests, actual)) return null;
  const rowCounts = Object.fromEntries([...digests].map(([table, { rows }]) => [table, Number(rows)]));
  return {
    artifacts: [...reader.problems.map(artifactFinding), ...inOrder(dangling).map(danglingLink)],
    state: await stateFindings(repository, state, target, rowCounts),
    drift: [],
    diffs: PROJECTED_TABLES.map(({ table }) => ({ table, missing: 0, changed: 0, extra: 0 })),
    rowCounts,
    artifactsRead: reader.size,
  };
}

async function compareTables(
  dependencies: ReconcileDependencies,
  session: Session,
  target: Revision,
  state: ProjectionState | null,
  limit: number,
): Promise<Found> {
  const { repository } = dependencies;
  const { db } = session;
  const { plan, reader } = await stagePlan(dependencies, session, await fullPlan(repository, treeOf(target)));
  const diffs: TableDiff[] = [];
  const drift: Finding[] = [];
  for (const description of plan.tables) {
    const diff = await diffTable(db, description, 'all');
    diffs.push(diff);
    drift.push(...(await driftFindings(db, description, diff, limit)));
  }
  const rowCounts = await countRows(db);
  return {
    artifacts: [...reader.problems.map(artifactFinding), ...(await danglingLinks(db))],
    state: await stateFindings(repository, state, target, await countStages(db)),
    drift,
    diffs,
    rowCounts,
    artifactsRead: reader.size,
  };
}

function inOrder(rows: readonly ProjectedRow<'maven_trades'>[]): readonly ProjectedRow<'maven_trades'>[] {
  return [...rows].sort(
    (a, b) => compareCodeUnits(a.git_path, b.git_path) || Number(a.git_line) - Number(b.git_line),
  );
}

function summarize(target: Revision, found: Found, limit: number): VerifyReport {
  const named = [...found.artifacts, ...(found.state ?? [])];
  const drifting = found.diffs.reduce((sum, diff) => sum + diff.missing + diff.changed + diff.extra, 0);
  const errors = named.filter(isError).length + drifting;
  const projectionFails = drifting > 0 || (found.state ?? []).some(isError);
  return {
    revision: target.commit,
    layers: {
      artifacts: found.artifacts.some(isError) ? 'findings' : 'ok',
      projection: found.state === null ? 'not checked' : projectionFails ? 'findings' : 'ok',
      derived: 'not checked',
      freshness: 'not checked',
    },
    findings: worstFirst([
      ...worstFirst(found.artifacts).slice(0, limit),
      ...(found.state ?? []),
      ...found.drift,
    ]),
    errors,
    warnings: named.filter((finding) => !isError(finding)).length,
    diffs: found.diffs,
    rowCounts: found.rowCounts,
    artifactsRead: found.artifactsRead,
    fixed: [],
    refusal: null,
  };
}

/** Keeps the order within a severity; a limit must cut warnings before errors. */
function worstFirst(findings: readonly Finding[]): readonly Finding[] {
  return [...findings.filter(isError), ...findings.filter((finding) => !isError(finding))];
}

function isError(finding: Finding): boolean {
  return finding.severity === 'error';
}
