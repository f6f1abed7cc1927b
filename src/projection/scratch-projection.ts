import type { Database } from '../db/database.js';
import { openEmbeddedDatabase } from '../db/embedded-database.js';
import type { Repository } from '../git/repository.js';
import type { ReportProgress } from '../progress.js';
import { reconcile } from './reconcile.js';

export interface ScratchDependencies {
  readonly repository: Repository;
  readonly progress?: ReportProgress;
}

/**
 * Projects one commit into a database in memory, apart from the live one, to be asked what was known then. It is gone
 * when it is closed.
 *
 * @throws {@link MavenError} what is wrong with the repository.
 */
export async function openScratchProjection(
  dependencies: ScratchDependencies,
  commit: string,
): Promise<Database> {
  const database = openEmbeddedDatabase({ folder: null, lockTimeoutMs: 0, notice: () => undefined });
  try {
    await reconcile({ ...dependencies, database }, { revision: commit });
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Scratch projections that are kept for the next question about their commit. */
export interface ScratchShelf {
  /** Runs work on the projection of a commit, which is not closed before the work ends. */
  use<T>(commit: string, work: (database: Database) => Promise<T>): Promise<T>;
  /** Closes all, after the work under way. */
  close(): Promise<void>;
}

/** Two are compared at a time; each takes some 100 MB and more with the ledger. */
const MOST_KEPT = 2;

/** Keeps the scratch projections that were asked last. */
export function openScratchShelf(dependencies: ScratchDependencies): ScratchShelf {
  const entries = new Map<string, { readonly database: Promise<Database>; users: number }>();
  const dropIdle = async (most: number): Promise<void> => {
    const idle = [...entries].filter(([, { users }]) => users === 0);
    for (const [commit, { database }] of idle.slice(0, Math.max(0, entries.size - most))) {
      entries.delete(commit);
      await (await database).close();
    }
  };
  let closing = false;
  return {
    use: async (commit, work) => {
      const entry = entries.get(commit) ?? {
        database: openScratchProjection(dependencies, commit),
        users: 0,
      };
      // The one that was asked last goes to the end.
      entries.delete(commit);
      entries.set(commit, entry);
      entry.users += 1;
      try {
        return await work(
          await entry.database.catch((error) => {
            entries.delete(commit);
            throw error;
          }),
        );
      } finally {
        entry.users -= 1;
        await dropIdle(closing ? 0 : MOST_KEPT);
      }
    },
    close: async () => {
      closing = true;
      await dropIdle(0);
    },
  };
}
