import { afterAll, vi } from 'vitest';
import type { Database } from '../../../src/db/database.js';
import { MavenError } from '../../../src/errors.js';
import type { Repository } from '../../../src/git/repository.js';
import type { QuestionDependencies } from '../../../src/projection/questions/ask-projection.js';
import { openScratchShelf, type ScratchShelf } from '../../../src/projection/scratch-projection.js';

/** A database that cannot be reached. */
export const AWAY = (): Promise<Database> =>
  Promise.reject(new MavenError('DATABASE_UNREACHABLE', 'away', { hint: 'start it' }));

// A Postgres in memory is started for git's answers: that takes its time on a busy machine.
vi.setConfig({ testTimeout: 300_000 });

const shelves = new Map<string, ScratchShelf>();
afterAll(async () => {
  for (const shelf of shelves.values()) await shelf.close();
  shelves.clear();
});

/** What questions are asked with; scratch projections of a repository are kept to the end of the test file. */
export function asking(repository: Repository, database: () => Promise<Database>): QuestionDependencies {
  const shelf = shelves.get(repository.gitDir) ?? openScratchShelf({ repository });
  shelves.set(repository.gitDir, shelf);
  return { repository, database, scratch: shelf };
}
