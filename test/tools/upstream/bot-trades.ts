import { parseDecision } from '../../../parsers/decision.js';
import { daysFromCivil } from '../../../parsers/time.js';
import { type Amount, amountText, decimalText, divide, product, rescale } from '../history/amount.js';
import { historyMarkets, makeHistory } from '../history/history.js';
import { DAY, HOUR, type Instant, instantOf, MINUTE, SECOND, timeText } from '../history/instant.js';
import { type Market, makeMarket } from '../history/market.js';
import { type Random, seededRandom } from '../history/random.js';
import type { BotTradeRow } from './bot-trade-row.js';
import { BOTS, type Bot, spelling } from './bots.js';

const COUNT = 3000;
const START = instantOf(2025, 11, 16);
const END = START + 60 * DAY;
/** The ledger of fixtures/history ends at 1600. */
const FIRST_ID = 1601;
/** MoHa's own numbers of the decisions it was told of. */
const FIRST_DECISION_ID = 7001;

/** A decision of the history, as MoHa heard of it. */
interface HeardDecision {
  readonly id: string;
  readonly instant: Instant;
  readonly assets: readonly string[];
}

/** What is settled before the trade has a number. */
interface Draft {
  readonly bot: Bot;
  readonly market: Market;
  readonly openedAt: Instant;
  readonly decisionId: string | null;
}

type Fate = Pick<BotTradeRow, 'status' | 'closeReason' | 'exitPrice' | 'realizedPnl' | 'fees' | 'closedAt'>;

/** What a fate depends on. */
interface Position {
  readonly market: Market;
  readonly direction: 1n | -1n;
  readonly size: bigint;
  readonly leverage: number;
  readonly entry: bigint;
  readonly openedAt: Instant;
  readonly endsAt: Instant;
}

/** Makes the trades of sixty days, in order of id; the same at every run. */
export function makeBotTrades(): readonly BotTradeRow[] {
  const random = seededRandom(20_260_115);
  const pepe = { asset: 'kPEPE', priceScale: 6, sizeScale: 0, first: 4_812, hourlyBps: 140 };
  const markets = [...historyMarkets(), makeMarket(random, pepe, START, END)];
  const decisions = heardDecisions();
  const drafts = Array.from({ length: COUNT }, () => makeDraft(random, markets, decisions));
  drafts.sort((left, right) => left.openedAt - right.openedAt);
  let id = FIRST_ID - 1;
  return drafts.map((draft) => {
    // A transaction that was rolled back has used its id all the same.
    id += random.chance(0.008) ? random.int(2, 4) : 1;
    return makeRow(random, draft, String(id));
  });
}

/** Decisions of the history on assets, taken within the sixty days. */
function heardDecisions(): readonly HeardDecision[] {
  const heard: HeardDecision[] = [];
  for (const [path, text] of makeHistory()) {
    const record = path.includes('/decisions/') ? parseDecision(text, path).records[0]?.record : undefined;
    if (record === undefined || record.asset === null) continue;
    const instant = instantOfTime(record.decidedAt);
    const id = String(FIRST_DECISION_ID + heard.length);
    if (instant < END - HOUR) heard.push({ id, instant, assets: record.asset.split(',') });
  }
  return heard;
}

function instantOfTime(time: string): Instant {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, micro = 0] = time
    .slice(0, 26)
    .split(/[^\d]/)
    .map(Number);
  return daysFromCivil(year, month, day) * DAY + hour * HOUR + minute * MINUTE + second * SECOND + micro;
}

function makeDraft(random: Random, markets: readonly Market[], decisions: readonly HeardDecision[]): Draft {
  const bot = random.pick(BOTS);
  const asset = random.pick(bot.assets);
  const market = markets.find((one) => one.asset === asset);
  if (market === undefined) throw new Error(`no market for ${asset}`);
  const fitting = decisions.filter(({ assets }) => assets.includes(asset));
  const followed = random.chance(bot.follows) ? fitting[random.int(0, fitting.length - 1)] : undefined;
  if (followed === undefined)
    return { bot, market, openedAt: START + random.int(0, END - START - MINUTE), decisionId: null };
  const openedAt = followed.instant + random.int(40 * SECOND, 25 * MINUTE);
  // Only the motherbot passes on which decision it carries out; the others leave that to be found.
  return { bot, market, openedAt, decisionId: bot.type === 'motherbot' ? followed.id : null };
}

function makeRow(random: Random, draft: Draft, id: string): BotTradeRow {
  const { bot, market, openedAt } = draft;
  const direction = random.chance(0.56) ? 1n : -1n;
  const entry = market.priceAt(openedAt);
  const unit = 10n ** BigInt(market.priceScale + market.sizeScale);
  const cents = BigInt(random.int(...bot.notionalCents));
  const size = (cents * unit) / (100n * entry);
  const leverage = random.int(1, 10);
  const endsAt = openedAt + random.int(3 * MINUTE, bot.id === 'simple-ta-4h' ? 60 * HOUR : 14 * HOUR);
  const position: Position = {
    market,
    direction,
    size: size === 0n ? 1n : size,
    leverage,
    entry,
    openedAt,
    endsAt,
  };
  const fate = makeFate(random, position);
  const neverFilled = fate.status === 'cancelled' && random.chance(0.5);
  return {
    id,
    botId: bot.id,
    botType: bot.type,
    decisionId: draft.decisionId,
    symbol: spelling(random, market.asset),
    side: direction === 1n ? 'buy' : 'sell',
    entryPrice: neverFilled ? null : decimalText(entry, market.priceScale),
    size: decimalText(position.size, market.sizeScale),
    leverage: bot.type === 'manual' && random.chance(0.2) ? null : String(leverage),
    openedAt: timeText(openedAt),
    ...fate,
    // What never had an entry has no exit either.
    exitPrice: neverFilled ? null : fate.exitPrice,
  };
}

function makeFate(random: Random, position: Position): Fate {
  const { market, direction, leverage, entry, openedAt, endsAt } = position;
  const lot = random.int(1, 1000);
  if (endsAt >= END || lot <= 3) return openFate(random, position);
  if (lot <= 45) return cancelledFate(random, position);
  if (lot <= 65 && leverage >= 4) {
    // The price at which the margin is gone, less what the exchange keeps for closing.
    const lost = divide(entry * 92n, BigInt(leverage) * 100n);
    return {
      ...closedFate(position, entry - direction * lost),
      status: 'liquidated',
      closeReason: 'liquidation',
    };
  }
  if (lot <= 110) return { ...closedFate(position, entry), closeReason: 'breakeven_stop' };
  if (lot <= 210) {
    // Out after a tick or two in the right direction: the fees are more than the profit.
    const ticks = BigInt(random.int(1, 2));
    return { ...closedFate(position, entry + direction * ticks), closeReason: 'scratch' };
  }
  const exit = market.priceAt(Math.min(endsAt, END));
  const closed = closedFate(position, exit);
  const won = (exit - entry) * direction >= 0n;
  const reason = random.pick(won ? ['take_profit', 'signal', 'manual'] : ['stop_loss', 'signal', 'timeout']);
  return {
    ...closed,
    fees: random.chance(0.04) ? null : closed.fees,
    closeReason: openedAt % 29 === 0 ? null : reason,
  };
}

function openFate(random: Random, position: Position): Fate {
  return {
    status: 'open',
    closeReason: null,
    exitPrice: null,
    realizedPnl: null,
    // Some bots book the fee of the entry at once.
    fees: random.chance(0.5) ? amountText(feeOf(position, position.entry)) : null,
    closedAt: null,
  };
}

function cancelledFate(random: Random, position: Position): Fate {
  const { market, entry, openedAt } = position;
  return {
    status: 'cancelled',
    closeReason: random.pick(['cancelled', 'expired', 'rejected']),
    exitPrice: random.chance(0.4) ? decimalText(entry, market.priceScale) : null,
    realizedPnl: random.chance(0.6) ? '0' : null,
    fees: random.chance(0.6) ? '0' : null,
    closedAt: timeText(openedAt + random.int(20 * SECOND, 9 * MINUTE)),
  };
}

function closedFate(position: Position, exit: bigint): Fate {
  const { market, direction, size, entry, endsAt } = position;
  const { priceScale, sizeScale } = market;
  return {
    status: 'closed',
    closeReason: null,
    exitPrice: decimalText(exit, priceScale),
    // As many digits as price and size have together: nothing is rounded.
    realizedPnl: decimalText((exit - entry) * direction * size, priceScale + sizeScale),
    fees: amountText(feeOf(position, entry + exit)),
    closedAt: timeText(endsAt),
  };
}

/** 3.5 basis points of the turnover, to 8 places. */
function feeOf({ market, size }: Position, prices: bigint): Amount {
  return rescale(product(prices, market.priceScale, size, market.sizeScale) * 35n, 13);
}
