import type { Database } from '../../db/database.js';
import { isDatabaseAway } from '../../db/database-error.js';
import { MavenError } from '../../errors.js';
import type { Repository } from '../../git/repository.js';
import type { Revision } from '../../git/revision.js';
import type { ReportProgress } from '../../progress.js';
import { reconcile } from '../reconcile.js';
import { noArtifacts, targetRevision } from '../target-revision.js';

/** What a question needs; the database is opened when it is asked for. */
export interface QuestionDependencies {
  readonly repository: Repository;
  readonly database: () => Promise<Database>;
  readonly progress?: ReportProgress;
}

/** Where an answer comes from. Both give the same one; git takes longer. */
export interface AnswerSource {
  /** Commit that was asked. */
  readonly revision: string;
  readonly source: 'postgres' | 'git';
  /** Why Postgres was not asked; null when it was. */
  readonly notice: string | null;
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
  dependencies: QuestionDependencies,
  fromPostgres: (database: Database) => Promise<{ readonly revision: string; readonly answer: T }>,
  fromGit: (revision: Revision, artifactsTree: string) => Promise<T>,
): Promise<AnswerSource & { readonly answer: T }> {
  const { repository, progress } = dependencies;
  let notice: string;
  try {
    const database = await dependencies.database();
    await reconcile({ repository, database, ...(progress === undefined ? {} : { progress }) });
    const { revision, answer } = await fromPostgres(database);
    return { revision, source: 'postgres', notice: null, answer };
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
    answer: await fromGit(head, head.artifactsTree),
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
