import type { Database } from '../db/database.js';
import type { Repository } from '../git/repository.js';
import { FORMAT_VERSION } from './format-version.js';
import { targetRevision, treeOf } from './target-revision.js';

/**
 * Tells at the least cost whether HEAD is projected already: the everyday answer, given before anything heavy is
 * loaded.
 *
 * @returns HEAD's commit, or null when there is something to do.
 */
export async function projectedHead(repository: Repository, database: Database): Promise<string | null> {
  const [state, head] = await Promise.all([database.peek(), targetRevision(repository)]);
  if (state === null || state.formatVersion !== FORMAT_VERSION) return null;
  return state.revision === head.commit && state.artifactsTree === treeOf(head) ? head.commit : null;
}
