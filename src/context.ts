import path from 'node:path';
import { type Config, loadConfig } from './config.js';
import type { Database } from './db/database.js';
import { MavenError } from './errors.js';
import { hasJournal } from './git/journal.js';
import { openRepository, type Repository } from './git/repository.js';
import type { JobDependencies } from './ledger/job.js';
import { type Logger, silentLogger } from './logger.js';
import { type ReportProgress, silentProgress } from './progress.js';
import type { ScratchDependencies, ScratchShelf } from './projection/scratch-projection.js';

export interface ContextOptions {
  /** Any folder of the repository. */
  readonly repo: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock?: () => Date;
  readonly logger?: Logger;
  readonly progress?: ReportProgress;
}

/** Everything that is opened for a command, and closed after it. Nothing is opened before it is asked for. */
export interface Context {
  readonly config: Config;
  readonly repository: Repository;
  readonly clock: () => Date;
  readonly logger: Logger;
  readonly progress: ReportProgress;
  database(): Promise<Database>;
  /** Projections of single commits in memory, kept for the next question about the same commit. */
  readonly scratch: Pick<ScratchShelf, 'use'>;
  job(): Promise<JobDependencies>;
  /** Lets go of what other processes may wait for; it is opened again when it is needed. For pauses between rounds. */
  release(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the repository around a folder; the database follows on first use.
 *
 * @throws {@link MavenError} CONFIG_INVALID, REPOSITORY_NOT_FOUND, REPOSITORY_UNSUPPORTED.
 */
export async function openContext(options: ContextOptions): Promise<Context> {
  const config = loadConfig(options.env);
  const repository = await openRepository(options.repo, { nativeGit: config.nativeGit });
  const logger = options.logger ?? silentLogger;
  await finishInterruptedCommit(repository, config, logger);
  const clock = options.clock ?? (() => new Date());
  const progress = withLog(options.progress ?? silentProgress, logger);
  let database: Promise<Database> | null = null;
  let scratch: Promise<ScratchShelf> | null = null;
  const release = async (): Promise<void> => {
    const [opened, shelf] = [database, scratch];
    [database, scratch] = [null, null];
    await (await shelf)?.close();
    await (await opened)?.close();
  };
  return {
    config,
    repository,
    clock,
    logger,
    progress,
    database: () => {
      database ??= openDatabase(config, repository, logger);
      return database;
    },
    scratch: {
      use: async (commit, tables, work) => {
        scratch ??= openShelf({ repository, progress });
        return (await scratch).use(commit, tables, work);
      },
    },
    job: async () => {
      const { resolveAuthor } = await import('./git/author.js');
      const author = await resolveAuthor(repository, { MAVEN_GIT_AUTHOR: config.gitAuthor });
      return { repository, config, author, clock, notice: (message) => logger.warning(message) };
    },
    release,
    close: release,
  };
}

/**
 * Ends the commit of a process that was killed, before anything is read. A repository that cannot be written now is read
 * as it stands.
 */
async function finishInterruptedCommit(
  repository: Repository,
  config: Config,
  logger: Logger,
): Promise<void> {
  if (!hasJournal(repository)) return;
  const { recoverRepository } = await import('./git/commit.js');
  try {
    await recoverRepository(repository, config.lockTimeoutMs);
    logger.info('a commit that was interrupted has been completed or taken back');
  } catch (error) {
    if (!(error instanceof MavenError)) throw error;
    logger.warning(`a commit was interrupted and cannot be completed now: ${error.message}`);
  }
}

/** Also writes each new phase to the log, for `--verbose`. */
function withLog(progress: ReportProgress, logger: Logger): ReportProgress {
  let phase = '';
  return (now) => {
    if (now.phase !== phase) logger.debug(now.total > 0 ? `${now.phase}: ${now.total}` : now.phase);
    phase = now.phase;
    progress(now);
  };
}

/** The folder in the git directory that holds the embedded database of a working tree. */
export function embeddedFolder(repository: Repository): string {
  return path.join(repository.gitDir, 'maven', 'database');
}

async function openShelf(dependencies: ScratchDependencies): Promise<ScratchShelf> {
  const { openScratchShelf } = await import('./projection/scratch-projection.js');
  return openScratchShelf(dependencies);
}

async function openDatabase(config: Config, repository: Repository, logger: Logger): Promise<Database> {
  if (config.database.kind === 'postgres') {
    const { openServerDatabase } = await import('./db/server-database.js');
    return openServerDatabase(config.database.connection, config.lockTimeoutMs);
  }
  const { openEmbeddedDatabase } = await import('./db/embedded-database.js');
  return openEmbeddedDatabase({
    folder: embeddedFolder(repository),
    lockTimeoutMs: config.lockTimeoutMs,
    notice: (message) => logger.warning(message),
  });
}
