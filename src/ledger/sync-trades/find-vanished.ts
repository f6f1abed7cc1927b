import type { CommitBase } from '../../git/commit.js';
import type { MohaSnapshot } from '../../sources/moha/bot-trade.js';
import { readLedgerDay } from './ledger-day.js';
import { ledgerIdentities } from './ledger-index.js';
import { epochOfSource, sourceOfEpoch } from './sync-state.js';

export interface Vanished {
  readonly count: number;
  /** The first of them, by id. */
  readonly ids: readonly string[];
  /** Trades of earlier lives of the table. */
  readonly earlier: {
    readonly count: number;
    /** Those that the ledger holds as open: no row will ever close them. */
    readonly open: number;
  };
}

const MOST_NAMED = 20;

/**
 * Finds trades of the ledger that upstream no longer has. They stay in the ledger: what happened, happened.
 *
 * Only the current epoch's are asked for: an epoch that ended has vanished as a whole, and is counted as such.
 */
export async function findVanished(
  base: CommitBase,
  snapshot: MohaSnapshot,
  epoch: number,
): Promise<Vanished> {
  const source = sourceOfEpoch(epoch);
  const named: string[] = [];
  const earlier = { count: 0, open: 0 };
  let count = 0;
  for await (const { path, identities } of ledgerIdentities(base)) {
    if (identities.some((trade) => isEarlier(trade.source, epoch))) {
      const trades = [...(await readLedgerDay(base, path)).trades.values()].flat();
      const ended = trades.filter((trade) => trade.epoch < epoch);
      earlier.count += ended.length;
      earlier.open += ended.filter(({ current }) => current.status === 'open').length;
    }
    const ids = identities.filter((trade) => trade.source === source).map((trade) => trade.externalTradeId);
    const own = new Set(ids.filter(isId));
    if (own.size === 0) continue;
    const absent = await snapshot.absent([...own]);
    count += absent.length;
    named.push(...absent.slice(0, MOST_NAMED - named.length));
  }
  return { count, ids: named, earlier };
}

function isEarlier(source: string, epoch: number): boolean {
  const own = epochOfSource(source);
  return own !== null && own < epoch;
}

/** A hand-written line may hold any id; upstream can only be asked for its own kind. */
function isId(text: string): boolean {
  return /^-?\d{1,18}$/.test(text);
}
