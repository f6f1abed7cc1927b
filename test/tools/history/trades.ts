import { tradesPath } from '../../../parsers/paths.js';
import { formatTrade, type TradeRevision } from '../../../parsers/trades.js';
import { type Amount, amountText, decimalText, product, rescale } from './amount.js';
import type { Decision } from './decisions.js';
import { DAY, HOUR, type Instant, MINUTE, nextSlot, SECOND, timeText } from './instant.js';
import type { Market } from './market.js';
import type { Random } from './random.js';

/** A trade of the story, from its opening to its end. */
export interface Trade {
  readonly id: number;
  readonly market: Market;
  readonly direction: 1n | -1n;
  readonly size: bigint;
  readonly leverage: number;
  readonly openedAt: Instant;
  /** null = still open at the end of the story. */
  readonly closedAt: Instant | null;
  readonly status: 'closed' | 'liquidated' | 'cancelled' | 'open';
  readonly entry: bigint;
  readonly exit: bigint;
  readonly realized: Amount;
  readonly fees: Amount;
  readonly decision: Decision | null;
  readonly bot: number;
}

const COUNT = 600;
const LINK_WINDOW = HOUR;
const SYNC_EVERY = 5 * MINUTE;

/** Makes the trades: most of them within the hour after a decision on their asset, which they then carry out. */
export function makeTrades(
  random: Random,
  markets: readonly [Market, ...Market[]],
  decisions: readonly Decision[],
  start: Instant,
  end: Instant,
): readonly Trade[] {
  const openers = decisions.filter(({ opensTrades }) => opensTrades);
  const drafts = Array.from({ length: COUNT }, () => {
    const decision = openers[random.int(0, openers.length - 1)];
    const assets = decision?.assets.filter((asset) => markets.some((market) => market.asset === asset)) ?? [];
    if (decision !== undefined && assets.length > 0 && random.chance(0.72)) {
      const asset = assets[random.int(0, assets.length - 1)];
      const market = markets.find((one) => one.asset === asset) ?? markets[0];
      return { market, openedAt: decision.instant + random.int(20 * SECOND, LINK_WINDOW - SECOND) };
    }
    return { market: random.pick(markets), openedAt: start + random.int(DAY, end - start - HOUR) };
  });
  return drafts
    .filter(({ openedAt }) => openedAt < end - HOUR)
    .sort((left, right) => left.openedAt - right.openedAt)
    .map(({ market, openedAt }, index) =>
      makeTrade(random, market, openedAt, index + 1, end, linkOf(decisions, market.asset, openedAt)),
    );
}

/** The latest decision on the asset at or before the opening, within the hour; as the sync job finds it. */
function linkOf(decisions: readonly Decision[], asset: string, openedAt: Instant): Decision | null {
  const found = decisions.findLast(
    ({ instant, assets }) =>
      instant <= openedAt && openedAt - instant <= LINK_WINDOW && assets.includes(asset),
  );
  return found ?? null;
}

function makeTrade(
  random: Random,
  market: Market,
  openedAt: Instant,
  id: number,
  end: Instant,
  decision: Decision | null,
): Trade {
  const direction = random.chance(0.58) ? 1n : -1n;
  const entry = market.priceAt(openedAt);
  const notional = BigInt(random.int(150, 2400));
  const size = (notional * 10n ** BigInt(market.priceScale + market.sizeScale)) / entry;
  const ends = openedAt + random.int(9 * MINUTE, 20 * HOUR);
  const closedAt = ends < end ? ends : null;
  const fate = random.int(1, 100);
  const status = closedAt === null ? 'open' : fate <= 2 ? 'cancelled' : fate <= 3 ? 'liquidated' : 'closed';
  const exit = closedAt === null || status === 'cancelled' ? entry : market.priceAt(closedAt);
  const { priceScale, sizeScale } = market;
  const turnover = product(entry + exit, priceScale, size, sizeScale);
  return {
    id,
    market,
    direction,
    size,
    leverage: random.int(1, 6),
    openedAt,
    closedAt,
    status,
    entry,
    exit,
    realized: product((exit - entry) * direction, priceScale, size, sizeScale),
    fees: status === 'cancelled' ? 0n : rescale(turnover * 35n, 13),
    decision,
    bot: random.int(1, 9),
  };
}

/** The revisions of a trade as the sync job records them: opened, ended, and sometimes a fee corrected later. */
export function revisionsOf(trade: Trade): readonly TradeRevision[] {
  const opened = openRevision(trade);
  if (trade.closedAt === null) return [opened];
  const closed = closedRevision(trade, opened, trade.closedAt);
  if (trade.id % 97 !== 0) return [opened, closed];
  return [
    opened,
    {
      ...closed,
      feesUsd: amountText(trade.fees + 1_000_000n),
      recordedAt: timeText(nextSlot(trade.closedAt, SYNC_EVERY)),
    },
    { ...closed, revision: 3, recordedAt: timeText(nextSlot(trade.closedAt + DAY, SYNC_EVERY)) },
  ];
}

/** As MoHa numbers it. */
export function externalId({ id }: Trade): string {
  return String(1000 + id);
}

function openRevision(trade: Trade): TradeRevision {
  const { market, decision, openedAt } = trade;
  const minutes = decision === null ? null : Math.floor((openedAt - decision.instant) / MINUTE);
  return {
    source: 'moha',
    externalTradeId: externalId(trade),
    revision: 1,
    recordedAt: timeText(nextSlot(openedAt, SYNC_EVERY)),
    tradeSource: trade.bot === 9 ? 'motherbot' : 'worker_bot',
    sourceBotId: `bot-${trade.bot}`,
    asset: market.asset,
    side: trade.direction === 1n ? 'long' : 'short',
    positionAction: 'open',
    entryPrice: decimalText(trade.entry, market.priceScale),
    exitPrice: null,
    sizeUsd: amountText(product(trade.entry, market.priceScale, trade.size, market.sizeScale)),
    sizeAsset: decimalText(trade.size, market.sizeScale),
    leverage: String(trade.leverage),
    realizedPnlUsd: null,
    unrealizedPnlUsd: null,
    feesUsd: null,
    status: 'open',
    closeReason: null,
    openedAt: timeText(openedAt),
    closedAt: null,
    decision: decision?.name ?? null,
    metadata: minutes === null ? null : `{"link":{"method":"latest_before","minutes":${minutes}}}`,
  };
}

function closedRevision(trade: Trade, opened: TradeRevision, closedAt: Instant): TradeRevision {
  const cancelled = trade.status === 'cancelled';
  return {
    ...opened,
    revision: 2,
    recordedAt: timeText(nextSlot(closedAt, SYNC_EVERY)),
    positionAction: 'close',
    exitPrice: cancelled ? null : decimalText(trade.exit, trade.market.priceScale),
    realizedPnlUsd: amountText(trade.realized),
    feesUsd: amountText(trade.fees),
    status: trade.status,
    closeReason: closeReason(trade),
    closedAt: timeText(closedAt),
  };
}

function closeReason(trade: Trade): string {
  if (trade.status !== 'closed') return trade.status;
  return trade.realized >= 0n ? 'take_profit' : 'stop_loss';
}

/** The ledger: one file a day of opening, its lines in the order in which the job recorded them. */
export function ledgerFiles(trades: readonly Trade[]): ReadonlyMap<string, string> {
  const files = new Map<string, TradeRevision[]>();
  for (const trade of trades) {
    const path = tradesPath(timeText(trade.openedAt));
    files.set(path, [...(files.get(path) ?? []), ...revisionsOf(trade)]);
  }
  return new Map(
    Array.from(files, ([path, revisions]) => [
      path,
      revisions
        .sort((left, right) =>
          left.recordedAt < right.recordedAt ? -1 : left.recordedAt > right.recordedAt ? 1 : 0,
        )
        .map(formatTrade)
        .join(''),
    ]),
  );
}
