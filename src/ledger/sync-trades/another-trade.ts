import { epochMicroseconds } from '../../../parsers/time.js';
import type { KnownTrade } from './ledger-day.js';
import type { MappedTrade } from './map-bot-trade.js';
import { upstreamValue } from './revise-trade.js';
import { sameValue, TRADE_FIELDS } from './trade-fields.js';
import { readTradeMetadata } from './trade-metadata.js';

/** Clocks of two machines differ; a time that is ahead by more is none that somebody refined. */
const CLOCK_SLACK_MICROSECONDS = 3600 * 1_000_000;

/**
 * Tells a trade from another that was given its id.
 *
 * The time of opening is what a trade keeps. Where it differs, it is another trade if it was opened after the ledger had
 * recorded the one of that id, or if asset or bot differ as well. Otherwise somebody corrected the time. Within what two
 * clocks may differ, it is the same trade only if side, price and size are the same.
 *
 * @param idsWentBack - then ids may have started again, and no allowance is made for clocks. Not more than that follows:
 *   somebody may just as well have deleted the highest row.
 */
export function isAnotherTrade(known: KnownTrade, trade: MappedTrade, idsWentBack: boolean): boolean {
  const { current } = known;
  if (current.openedAt === trade.openedAt) return false;
  const { corrections } = readTradeMetadata(current.metadata);
  const heard = (name: string, value: string | null): string | null =>
    Object.hasOwn(corrections, name) ? (corrections[name]?.upstream ?? null) : value;
  if (heard('opened_at', current.openedAt) === trade.openedAt) return false;
  const ahead = epochMicroseconds(trade.openedAt) - epochMicroseconds(known.firstRecordedAt);
  if (ahead > (idsWentBack ? 0 : CLOCK_SLACK_MICROSECONDS)) return true;
  const kept = TRADE_FIELDS.filter(
    ({ name }) => KEPT.includes(name) || (ahead > 0 && KEPT_AHEAD.includes(name)),
  );
  return kept.some(
    (description) =>
      !sameValue(
        description.kind,
        heard(description.name, current[description.field]),
        upstreamValue(trade, description) ?? null,
      ),
  );
}

const KEPT: readonly string[] = ['asset', 'source_bot_id'];
const KEPT_AHEAD: readonly string[] = ['side', 'entry_price', 'size_asset'];

/** @returns when a trade was opened by a person's word; null = as upstream says. */
export function correctedOpening({ current }: KnownTrade, trade: MappedTrade): string | null {
  if (current.openedAt === trade.openedAt) return null;
  return 'opened_at' in readTradeMetadata(current.metadata).corrections ? current.openedAt : null;
}
