import type { Session } from '../db/database.js';
import type { Repository } from '../git/repository.js';
import { type ReportProgress, silentProgress } from '../progress.js';
import { resolveLinks, stageAffectedTrades } from './links.js';
import { type ArtifactReader, openReader } from './read-artifacts.js';
import {
  analyzeStages,
  createScope,
  createStages,
  readUnprojected,
  stageArtifacts,
  stageProblems,
} from './stage.js';
import type { StagePlan } from './stage-plan.js';
import { describeTable } from './tables/index.js';

/** A plan whose staging tables are filled, and the reader that holds the problems met on the way. */
export interface Staged {
  readonly plan: StagePlan;
  readonly reader: ArtifactReader;
}

/**
 * Makes and fills the staging tables of a plan, inside the caller's transaction.
 *
 * Both ends of the core path begin here: reconcile applies the difference, verify only reports it.
 */
export async function stagePlan(
  dependencies: { readonly repository: Repository; readonly progress?: ReportProgress },
  session: Session,
  plan: StagePlan,
): Promise<Staged> {
  const { db } = session;
  const report = dependencies.progress ?? silentProgress;
  const reader = openReader(dependencies, plan.entries);
  await createStages(db, plan.tables);
  if (plan.scope === 'paths') await createScope(session, plan.paths);
  await stageArtifacts(session, reader, plan.tables);
  await readUnprojected(reader);
  report({ phase: 'comparing with the database', done: 0, total: 0 });
  const touched = new Set(plan.tables.map(({ table }) => table));
  if (touched.has('maven_trades')) {
    if (plan.scope === 'paths') await stageAffectedTrades(session, plan.paths);
    await resolveLinks(db, plan.scope, touched.has('maven_decisions'));
  }
  if (touched.has('maven_problems'))
    await stageProblems(session, describeTable('maven_problems'), reader.problems);
  await analyzeStages(db, plan.tables);
  return { plan, reader };
}
