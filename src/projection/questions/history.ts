import { ARTIFACTS_ROOT, artifactKind } from '../../../parsers/artifact.js';
import { MavenError } from '../../errors.js';
import type { Repository } from '../../git/repository.js';
import { noArtifacts, targetRevision } from '../target-revision.js';
import { type AskedRevision, AT_HEAD } from './asked-moment.js';
import { type DecisionHistory, decisionHistory } from './decision-history.js';
import { type TradeHistories, tradeHistories } from './trade-history.js';

export type RecordHistory = TradeHistories | DecisionHistory;

/**
 * Tells every revision of a trade or a decision, with the commit that brought it. Reads git only: HEAD, or the
 * revision asked, and what it comes from.
 *
 * @param key - a trade (`123`, `moha/123`, `moha@2/123`) or a decision (its file name, with or without `.md` and path).
 * @throws {@link MavenError} RECORD_NOT_FOUND, ARTIFACTS_NOT_FOUND.
 */
export async function history(
  repository: Repository,
  key: string,
  { revision }: AskedRevision = AT_HEAD,
): Promise<RecordHistory> {
  const head = revision ?? (await targetRevision(repository));
  const path = decisionPathOf(key);
  if (path !== null) {
    const found = await decisionHistory(repository, head, path, key);
    if (found.changes.length > 0) return found;
    throw notFound(key, `no commit up to ${head.commit.slice(0, 12)} has a file ${path}`);
  }
  if (head.artifactsTree === null) throw noArtifacts(head.commit);
  const found = await tradeHistories(repository, head, head.artifactsTree, key);
  if (found.trades.length > 0) return found;
  const [unreadable] = found.unreadable;
  if (unreadable !== undefined) {
    const place = `${unreadable.git_path}:${unreadable.git_line}`;
    throw notFound(
      key,
      `the line that names trade ${JSON.stringify(key)} cannot be read: ${place}: ${unreadable.message}`,
    );
  }
  throw notFound(key, `no trade ${JSON.stringify(key)} in the ledger at ${head.commit.slice(0, 12)}`);
}

/** Where the decision of that name is; null = the key names none. */
function decisionPathOf(key: string): string | null {
  const name = key.slice(key.lastIndexOf('/') + 1);
  const path = `${ARTIFACTS_ROOT}/decisions/${name.endsWith('.md') ? name : `${name}.md`}`;
  return artifactKind(path) === 'decision' ? path : null;
}

function notFound(key: string, message: string): MavenError {
  return new MavenError('RECORD_NOT_FOUND', message, {
    hint: 'name a trade as 123 or moha/123 (see maven-git trades), or a decision by its file name',
    data: { key },
  });
}
