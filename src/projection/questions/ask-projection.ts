import type { Database, Session } from '../../db/database.js';
import { isDatabaseAway } from '../../db/database-error.js';
import type { ProjectedTable, Schema } from '../../db/schema.js';
import type { Kysely } from '../../db/sql.js';
import { MavenError } from '../../errors.js';
import type { Repository } from '../../git/repository.js';
import { countCommits, type Revision } from '../../git/revision.js';
import type { ReportProgress } from '../../progress.js';
import { reconcile } from '../reconcile.js';
import type { ScratchShelf } from '../scratch-projection.js';
import { noArtifacts, targetRevision } from '../target-revision.js';
import type { AskedRevision } from './asked-moment.js';
import { type Damage, damageAmong, damageIn, damageNotice } from './damage-notice.js';
import { inOneMoment } from './in-one-moment.js';

/** What asking the live projection needs; the database is opened when it is asked for. */
export interface LiveDependencies {
  readonly repository: Repository;
  readonly database: () => Promise<Database>;
  readonly progress?: ReportProgress;
}

/** What a question needs that can also be asked of another revision. */
export interface QuestionDependencies extends LiveDependencies {
  readonly scratch: Pick<ScratchShelf, 'use'>;
}

/** Where an answer comes from. Both give the same one; git takes longer. */
export interface AnswerSource {
  /** Commit that was asked. */
  readonly revision: string;
  readonly source: 'postgres' | 'git';
  /** Why Postgres was not asked where it should be, and what keeps the answer from being whole; null = nothing. */
  readonly notice: string | null;
  /** How many commits of HEAD the answer does not know: 0 unless it was asked of an earlier one. */
  readonly behind_by: number;
}

/**
 * Asks the projection, brought to HEAD before; where that cannot be done, asks git itself.
 *
 * A projection that stands elsewhere than HEAD is never asked: its answer would be right for another day.
 *
 * @param fromPostgres - answers with the revision that the tables mirror, read in the same transaction.
 * @throws {@link MavenError} ARTIFACTS_NOT_FOUND; what is wrong with the repository.
 */
export async function askProjection<T>(
  dependencies: LiveDependencies,
  fromPostgres: (database: Database) => Promise<{ readonly revision: string; readonly answer: T }>,
  fromGit: (revision: Revision, artifactsTree: string) => Promise<T>,
): Promise<AnswerSource & { readonly answer: T }> {
  const { repository, progress } = dependencies;
  let notice: string;
  try {
    const database = await dependencies.database();
    await reconcile({ repository, database, ...(progress === undefined ? {} : { progress }) });
    const { revision, answer } = await fromPostgres(database);
    return { revision, source: 'postgres', notice: null, behind_by: 0, answer };
  } catch (error) {
    if (!(error instanceof MavenError && leavesGit(error))) throw error;
    notice = `answered from git, since the projection could not be brought to HEAD: ${error.message}; ${error.hint}`;
  }
  const head = await targetRevision(repository);
  if (head.artifactsTree === null) throw noArtifacts(head.commit);
  return {
    revision: head.commit,
    source: 'git',
    notice,
    behind_by: 0,
    answer: await fromGit(head, head.artifactsTree),
  };
}

/**
 * Asks a question of the projection, brought to HEAD before; where that cannot be done, or another revision is asked
 * for, of a scratch projection of that commit. One statement of the question serves all three.
 *
 * @param tables - what the question reads; only these are projected into a scratch.
 * @throws {@link MavenError} ARTIFACTS_NOT_FOUND; what is wrong with the repository.
 */
export function askQuestion<T>(
  dependencies: QuestionDependencies,
  asked: AskedRevision,
  tables: readonly ProjectedTable[],
  ask: (db: Kysely<Schema>, revision: string) => Promise<T>,
): Promise<AnswerSource & { readonly answer: T }> {
  return askSession(dependencies, asked, tables, (session) => inOneMoment(session, ask));
}

/** As {@link askQuestion}, for a question that sees to its own transaction and tells the revision it found. */
export async function askSession<T>(
  dependencies: QuestionDependencies,
  asked: AskedRevision,
  tables: readonly ProjectedTable[],
  ask: (session: Session) => Promise<{ readonly revision: string; readonly answer: T }>,
): Promise<AnswerSource & { readonly answer: T }> {
  let damage: Damage = { errors: 0, first: null };
  const fromScratch = async ({ commit, artifactsTree }: Revision): Promise<T> => {
    if (artifactsTree === null) throw noArtifacts(commit);
    return dependencies.scratch.use(commit, tables, async (session, problems) => {
      damage = damageAmong(problems, tables);
      return (await ask(session)).answer;
    });
  };
  const fromPostgres = (database: Database) =>
    database.withSession(async (session) => {
      damage = await damageIn(session.db, tables);
      return ask(session);
    });
  const { revision } = asked;
  if (revision === null) {
    const told = await askProjection(dependencies, fromPostgres, fromScratch);
    const notices = [told.notice, damageNotice(damage)].filter((notice) => notice !== null);
    return { ...told, notice: notices.length === 0 ? null : notices.join('; ') };
  }
  const head = await targetRevision(dependencies.repository);
  const answer = await fromScratch(revision);
  return {
    revision: revision.commit,
    source: 'git',
    notice: damageNotice(damage),
    behind_by: await countCommits(dependencies.repository, revision.commit, head.commit),
    answer,
  };
}

/** Tells whether it is the projection that fails, so that git can still answer. */
function leavesGit(error: MavenError): boolean {
  return (
    isDatabaseAway(error) ||
    error.code === 'GUARD_REFUSED' ||
    error.code === 'PROJECTION_UNPROVEN' ||
    error.code === 'SCHEMA_TOO_NEW'
  );
}
