import type { CommitBase } from '../../git/commit.js';
import type { MohaSnapshot } from '../../sources/moha/bot-trade.js';
import { ledgerIdentities } from './ledger-index.js';
import { sourceOfEpoch } from './sync-state.js';

export interface Vanished {
  readonly count: number;
  /** The first of them, by id. */
  readonly ids: readonly string[];
}

const MOST_NAMED = 20;

/**
 * Finds trades of the ledger that upstream no longer has. They stay in the ledger: what happened, happened.
 *
 * Only the current epoch's: those of an earlier life of the table are all gone, and known to be.
 */
export async function findVanished(
  base: CommitBase,
  snapshot: MohaSnapshot,
  epoch: number,
): Promise<Vanished> {
  const source = sourceOfEpoch(epoch);
  const named: string[] = [];
  let count = 0;
  for await (const { identities } of ledgerIdentities(base)) {
    const ids = identities.filter((trade) => trade.source === source).map((trade) => trade.externalTradeId);
    const own = new Set(ids.filter(isId));
    if (own.size === 0) continue;
    const absent = await snapshot.absent([...own]);
    count += absent.length;
    named.push(...absent.slice(0, MOST_NAMED - named.length));
  }
  return { count, ids: named };
}

/** A hand-written line may hold any id; upstream can only be asked for its own kind. */
function isId(text: string): boolean {
  return /^-?\d{1,18}$/.test(text);
}
