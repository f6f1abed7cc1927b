import {
  compareDecimals,
  multiplyDecimals,
  signOfDecimal,
  subtractDecimals,
  trimDecimal,
} from '../../../parsers/decimal-arithmetic.js';
import { type DecimalSum, decimalSum } from '../../../parsers/decimal-sum.js';
import { groupBy } from '../../../parsers/group-by.js';
import type { NotCounted } from '../../../parsers/metrics.js';
import type {
  BucketTally,
  DecidedTally,
  DrawdownTally,
  GroupTally,
  HoldTally,
  NamedTally,
  PeriodTally,
  StreakTally,
} from '../../../parsers/performance-tally.js';
import type { Period } from '../../../parsers/period.js';
import type { LedgerTrade } from './fold-performance.js';

/** A trade that ended, with a known outcome and a closing time. */
export interface EndedTrade {
  readonly trade: LedgerTrade;
  readonly closedAt: string;
  readonly realizedUsd: string;
  /** Realized less fees; fees that are not known are taken as 0, and counted. */
  readonly netUsd: string;
  readonly outcome: -1 | 0 | 1;
  /** Decimal seconds; null = it closes before it opens. */
  readonly heldSeconds: string | null;
  /** The decision that it carries out is in git. */
  readonly decided: boolean;
  readonly confidencePct: string | null;
}

/** What a period holds; `trades` in the order of closing. */
export interface PeriodContent {
  readonly trades: readonly EndedTrade[];
  /** Of the decisions made in it, null = not stated. */
  readonly confidences: readonly (string | null)[];
  readonly unknownPnl: number;
  readonly undated: number;
  readonly named: readonly NotCounted[];
}

/** What a period holds in which nothing happened. */
export const NO_CONTENT: PeriodContent = {
  trades: [],
  confidences: [],
  unknownPnl: 0,
  undated: 0,
  named: [],
};

/** Counts and adds up one period, trade by trade. */
export function tallyPeriod(period: Period, content: PeriodContent): PeriodTally {
  const { trades, confidences, unknownPnl, undated, named } = content;
  const stated = confidences.filter((confidence) => confidence !== null);
  const nets = trades.map(({ netUsd }) => netUsd);
  const profits = nets.filter((net) => signOfDecimal(net) > 0);
  const losses = nets.filter((net) => signOfDecimal(net) < 0);
  return {
    period,
    total: groupTally(trades),
    assets: grouped(trades, ({ trade }) => trade.asset),
    bots: grouped(trades, ({ trade }) => trade.sourceBotId),
    sources: grouped(trades, ({ trade }) => trade.tradeSource),
    sides: grouped(trades, ({ trade }) => trade.side),
    profits: { count: profits.length, usd: sumOf(profits) },
    losses: { count: losses.length, usd: sumOf(losses) },
    realizedProfitUsd: sumOf(
      trades.filter(({ outcome }) => outcome > 0).map(({ realizedUsd }) => realizedUsd),
    ),
    hold: {
      all: holdTally(trades),
      winning: holdTally(trades.filter(({ outcome }) => outcome > 0)),
      losing: holdTally(trades.filter(({ outcome }) => outcome < 0)),
    },
    decided: decidedTally(trades.filter(({ decided }) => decided)),
    buckets: bucketTallies(trades),
    decisions: { made: confidences.length, confident: stated.length, confidenceSum: sumOf(stated) },
    streaks: streakTally(trades),
    drawdown: drawdownTally(trades),
    notCounted: { unknownPnl, undated, named },
  };
}

function groupTally(trades: readonly EndedTrade[]): GroupTally {
  const [net, fees] = [decimalSum(), decimalSum()];
  let [winning, losing, unknownFees] = [0, 0, 0];
  for (const { trade, outcome, netUsd } of trades) {
    net.add(netUsd);
    if (outcome > 0) winning += 1;
    if (outcome < 0) losing += 1;
    if (trade.feesUsd === null) unknownFees += 1;
    else fees.add(trade.feesUsd);
  }
  return {
    trades: trades.length,
    winning,
    losing,
    breakeven: trades.length - winning - losing,
    netUsd: trimDecimal(net.total),
    feesUsd: trimDecimal(fees.total),
    unknownFees,
  };
}

function grouped(
  trades: readonly EndedTrade[],
  nameOf: (trade: EndedTrade) => string | null,
): readonly NamedTally[] {
  return Array.from(groupBy(trades, nameOf), ([name, own]) => ({ name, ...groupTally(own) }));
}

function holdTally(trades: readonly EndedTrade[]): HoldTally {
  const held = trades.flatMap(({ heldSeconds }) => (heldSeconds === null ? [] : [heldSeconds]));
  return { count: held.length, seconds: sumOf(held) };
}

function decidedTally(trades: readonly EndedTrade[]): DecidedTally {
  const above = trades.filter(({ confidencePct }) => compare(confidencePct, '70') > 0);
  const below = trades.filter(({ confidencePct }) => compare(confidencePct, '40') < 0);
  return {
    trades: trades.length,
    netUsd: sumOf(trades.map(({ netUsd }) => netUsd)),
    high: above.length,
    highWins: above.filter(({ outcome }) => outcome > 0).length,
    low: below.length,
    lowLosses: below.filter(({ outcome }) => outcome < 0).length,
  };
}

/** A confidence that is not known is neither high nor low. */
function compare(confidencePct: string | null, limit: string): number {
  return confidencePct === null ? 0 : compareDecimals(confidencePct, limit);
}

function bucketTallies(trades: readonly EndedTrade[]): readonly BucketTally[] {
  const calibrated = trades.filter(({ confidencePct }) => confidencePct !== null);
  const buckets = groupBy(calibrated, ({ confidencePct }) =>
    Math.min(9, Math.floor(Number.parseInt(confidencePct ?? '', 10) / 10)),
  );
  return Array.from(buckets, ([bucket, own]) => ({
    bucket,
    trades: own.length,
    winning: own.filter(({ outcome }) => outcome > 0).length,
    netUsd: sumOf(own.map(({ netUsd }) => netUsd)),
    confidenceSum: sumOf(own.map(({ confidencePct }) => confidencePct ?? '0')),
    squaredErrorSum: sumOf(
      own.map(({ confidencePct, outcome }) => {
        const error = subtractDecimals(confidencePct ?? '0', outcome > 0 ? '100' : '0');
        return multiplyDecimals(error, error);
      }),
    ),
  }));
}

function streakTally(trades: readonly EndedTrade[]): StreakTally {
  let [longestWin, longestLoss, current] = [0, 0, 0];
  for (const { outcome } of trades) {
    if (outcome === 0) current = 0;
    else current = Math.sign(current) === outcome ? current + outcome : outcome;
    longestWin = Math.max(longestWin, current);
    longestLoss = Math.max(longestLoss, -current);
  }
  return { longestWin, longestLoss, current: trades.length === 0 ? null : current };
}

function drawdownTally(trades: readonly EndedTrade[]): DrawdownTally {
  const sum = decimalSum();
  let [peak, peakAt]: [string, string | null] = ['0', null];
  let fall: Pick<DrawdownTally, 'usd' | 'peakUsd' | 'from' | 'to'> = {
    usd: '0',
    peakUsd: '0',
    from: null,
    to: null,
  };
  trades.forEach(({ netUsd, closedAt }, i) => {
    sum.add(netUsd);
    if (trades[i + 1]?.closedAt === closedAt) return;
    const { total } = sum;
    if (compareDecimals(total, peak) > 0) [peak, peakAt] = [total, closedAt];
    const depth = subtractDecimals(peak, total);
    if (compareDecimals(depth, fall.usd) > 0)
      fall = { usd: trimDecimal(depth), peakUsd: trimDecimal(peak), from: peakAt, to: closedAt };
  });
  return { ...fall, first: trades[0]?.closedAt ?? null, last: trades.at(-1)?.closedAt ?? null };
}

function sumOf(values: readonly string[]): string {
  const sum: DecimalSum = decimalSum();
  for (const value of values) sum.add(value);
  return trimDecimal(sum.total);
}
