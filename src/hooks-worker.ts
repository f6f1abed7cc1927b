import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Context, openContext } from './context.js';
import { MavenError } from './errors.js';
import { nodeDisk } from './git/disk.js';
import {
  appendHookLog,
  claimWorker,
  keepUnserved,
  makeRequestFolder,
  requestAgeMs,
  takeRequests,
} from './git/hooks/hook-requests.js';
import { isOnLocalBranch } from './git/local-branch.js';
import { headCommit } from './git/read-head.js';
import { openRepository } from './git/repository.js';
import { isAncestor, resolveRevision } from './git/revision.js';
import { operationInProgress } from './git/safety.js';
import { createLogger, type Logger } from './logger.js';
import { acquireProcessLock, type ProcessLock } from './process-lock.js';

export interface HookWorkerOptions {
  /** Any folder of the repository, or its git folder. */
  readonly repo: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A server was named when the hooks were installed: without one in `env`, nothing is projected. */
  readonly expectsServer: boolean;
}

/** A burst of hooks is over when none has asked for so long; and for so much longer, a rebase goes on. */
const QUIET_MS = 250;
const QUIET_IN_OPERATION_MS = 2_000;
/** A burst without end is served in between. */
const LONGEST_BURST_MS = 5_000;
const LONGEST_OPERATION_MS = 60_000;
/** Waits before another try, when the database is busy or just restarting. */
const RETRY_MS = [1_000, 4_000];
const PASSING: ReadonlySet<string> = new Set(['DATABASE_BUSY', 'DATABASE_UNREACHABLE', 'LOCK_TIMEOUT']);
/** Hooks that tell that HEAD went elsewhere than forward, by the will of whoever called git here. */
const MOVING: ReadonlySet<string> = new Set(['post-checkout', 'post-rewrite']);

/**
 * Brings Postgres to HEAD after git commands, for the hooks, in the background. Writes to its log alone.
 *
 * One worker serves a working tree; hooks that run while it works are served by it, and the last of a burst always sees the
 * final HEAD.
 */
export async function serveHookRequests(options: HookWorkerOptions): Promise<void> {
  const repository = await openRepository(options.repo);
  const folder = makeRequestFolder(repository);
  const logger = createLogger({
    name: 'maven.hooks',
    level: 'INFO',
    clock: () => new Date(),
    write: (line) => appendHookLog(folder, line),
  });
  const lock = await becomeWorker(folder);
  if (lock === null) return;
  try {
    for (;;) {
      const claim = claimWorker(folder);
      try {
        await serveAll(options, folder, repository.gitDir, logger);
      } finally {
        claim.release();
      }
      // A hook that saw us alive left its request to us; one that did not has started another worker, which waits.
      if (requestAgeMs(folder) === null) return;
    }
  } finally {
    await lock.release();
  }
}

/** @returns null when another worker has served the request meanwhile. */
async function becomeWorker(folder: string): Promise<ProcessLock | null> {
  for (;;) {
    if (requestAgeMs(folder) === null) return null;
    try {
      return await acquireProcessLock(join(folder, 'lock'), { timeoutMs: 250, purpose: 'hooks' });
    } catch (error) {
      if (!(error instanceof MavenError) || error.code !== 'LOCK_TIMEOUT') throw error;
    }
  }
}

async function serveAll(
  options: HookWorkerOptions,
  folder: string,
  gitDir: string,
  logger: Logger,
): Promise<void> {
  while (requestAgeMs(folder) !== null) {
    await burstOver(folder, gitDir);
    const hooks = takeRequests(folder);
    if (hooks === null) return;
    const served = await serve(options, hooks, logger);
    keepUnserved(folder, served ? new Set() : hooks);
  }
}

async function burstOver(folder: string, gitDir: string): Promise<void> {
  const started = performance.now();
  for (;;) {
    const operation = operationInProgress(nodeDisk, gitDir) !== null;
    const ageMs = requestAgeMs(folder) ?? Number.POSITIVE_INFINITY;
    if (ageMs >= (operation ? QUIET_IN_OPERATION_MS : QUIET_MS)) return;
    const waitedMs = performance.now() - started;
    if (waitedMs >= (operation ? LONGEST_OPERATION_MS : LONGEST_BURST_MS)) return;
    await sleep(50);
  }
}

async function serve(
  options: HookWorkerOptions,
  hooks: ReadonlySet<string>,
  logger: Logger,
): Promise<boolean> {
  const after = [...hooks].join(', ');
  for (let attempt = 0; ; attempt++) {
    try {
      await reconcileOnce(options, hooks, logger, after);
      return true;
    } catch (error) {
      const waitMs = RETRY_MS[attempt];
      const code = error instanceof MavenError ? error.code : '';
      if (waitMs === undefined || !PASSING.has(code)) {
        const text = error instanceof Error ? error.message : String(error);
        const next = error instanceof MavenError ? error.hint : 'please report it';
        logger.error(`after ${after}: not projected: ${text}; ${next}`);
        return false;
      }
      await sleep(waitMs);
    }
  }
}

async function reconcileOnce(
  options: HookWorkerOptions,
  hooks: ReadonlySet<string>,
  logger: Logger,
  after: string,
): Promise<void> {
  const context = await openContext({ repo: options.repo, env: options.env, logger });
  const started = performance.now();
  try {
    if (options.expectsServer && context.config.database.kind === 'embedded') {
      if (options.env.MAVEN_DATABASE_URL !== 'embedded') {
        throw new MavenError('CONFIG_INVALID', 'the environment of this git command names no Postgres', {
          hint: 'name a file that does: maven-git hooks install --env-file FILE',
        });
      }
    }
    const report = await project(context, hooks, logger);
    const seconds = ((performance.now() - started) / 1000).toFixed(2);
    logger.info(
      `after ${after}: ${report.revision.slice(0, 12)} is projected (${report.mode}, ${seconds} s)`,
    );
  } finally {
    await context.close();
  }
}

async function project(context: Context, hooks: ReadonlySet<string>, logger: Logger) {
  const { reconcile } = await import('./projection/reconcile.js');
  const database = await context.database();
  const dependencies = { repository: context.repository, database, progress: context.progress };
  try {
    return await reconcile(dependencies);
  } catch (error) {
    if (!(error instanceof MavenError) || error.code !== 'GUARD_REFUSED') throw error;
    if (!(await isAnotherBranch(context, hooks))) throw error;
    logger.warning(
      `${error.message}: done all the same, for HEAD was moved here, and git has what was projected`,
    );
    return reconcile(dependencies, { force: true });
  }
}

/**
 * Tells whether rows go because HEAD stands on another line of history, by a checkout or rebase of this clone, or since
 * another working tree projected its own branch. A commit that deletes, and a HEAD without any artifact, are for a person.
 */
async function isAnotherBranch(context: Context, hooks: ReadonlySet<string>): Promise<boolean> {
  const { repository } = context;
  const { readProjectionState } = await import('./projection/projection-state.js');
  const database = await context.database();
  const state = await database.withSession((session) => readProjectionState(session.db));
  const head = headCommit(repository);
  if (state === null || head === null) return false;
  if ((await resolveRevision(repository, head))?.artifactsTree == null) return false;
  if (await isAncestor(repository, state.revision, head)) return false;
  return [...hooks].some((hook) => MOVING.has(hook)) || isOnLocalBranch(repository, state.revision);
}
