import type { Context } from './context.js';
import { MavenError } from './errors.js';
import type { ReconcileReport } from './projection/reconcile-report.js';

/** What became of the projection after a job's commit. */
export type Published =
  | { readonly status: 'projected'; readonly report: ReconcileReport }
  /** `deferred`: the next reconcile catches up. `refused`: a person must look first, then use --force. */
  | { readonly status: 'deferred' | 'refused'; readonly reason: string };

/**
 * Projects what a job has just committed; where commits have left much to tidy up, git begins with it in the background.
 *
 * The commit is the promise, the projection a copy of it: whatever keeps it from being projected now, the job has
 * succeeded, and must not look as if it could be done again.
 */
export async function publish(context: Context): Promise<Published> {
  const published = await project(context);
  await tidyUp(context);
  return published;
}

async function project(context: Context): Promise<Published> {
  try {
    const { reconcile } = await import('./projection/reconcile.js');
    const database = await context.database();
    const report = await reconcile({ repository: context.repository, database, progress: context.progress });
    return { status: 'projected', report };
  } catch (error) {
    const reason = `the commit stands, but it is not projected: ${error instanceof Error ? error.message : String(error)}`;
    const refused = error instanceof MavenError && error.code === 'GUARD_REFUSED';
    const next =
      error instanceof MavenError && refused ? error.hint : 'the next maven-git reconcile catches up';
    context.logger.warning(`${reason}; ${next}`);
    return { status: refused ? 'refused' : 'deferred', reason };
  }
}

async function tidyUp({ repository, logger }: Context): Promise<void> {
  try {
    const { startMaintenance } = await import('./git/maintenance.js');
    if ((await startMaintenance(repository)) === 'started')
      logger.info('many loose objects: git maintenance packs them in the background');
  } catch (error) {
    logger.warning(
      `git maintenance could not be started: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
