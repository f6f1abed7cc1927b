import { commitArtifacts } from '../../../src/git/commit.js';
import { openRepository } from '../../../src/git/repository.js';
import { appending } from '../../git/support/committing.js';
import type { Tally } from '../scenario.js';

/** Runs the next command after a fault: it must recover and commit. Returns its commit, null when it could not. */
export async function commitNext(
  tree: string,
  line: string,
  where: string,
  tally: Tally,
): Promise<string | null> {
  try {
    const result = await commitArtifacts(await openRepository(tree), appending(line, { timeoutMs: 5000 }));
    if (result === null) throw new Error('committed nothing');
    tally.acknowledged++;
    if (result.keptDirty.length > 0) tally.broken.push(`${where}: kept ${result.keptDirty.join()}`);
    return result.commit;
  } catch (error) {
    tally.broken.push(`${where}: the next command failed: ${String(error)}`);
    return null;
  }
}
