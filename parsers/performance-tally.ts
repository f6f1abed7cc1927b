import type { NotCounted } from './metrics-groups.js';
import type { Period } from './period.js';

/**
 * What is counted and added up of a period, exactly: the material of every number of its metrics file. It is found in
 * two ways, by SQL over the projection and by a fold over the ledger, that know nothing of each other; what quotients and
 * roots make of it is decided once, in `src/ledger/metrics`.
 *
 * Counts are numbers, amounts exact decimals without needless zeros, `0` for a sum of nothing.
 *
 * @see parsers/METRICS.md
 */
export interface PeriodTally {
  readonly period: Period;
  readonly total: GroupTally;
  readonly assets: readonly NamedTally[];
  readonly bots: readonly NamedTally[];
  readonly sources: readonly NamedTally[];
  readonly sides: readonly NamedTally[];
  /** By net P&L. */
  readonly profits: { readonly count: number; readonly usd: string };
  readonly losses: { readonly count: number; readonly usd: string };
  /** Sum of the realized P&L above zero, fees not taken off. */
  readonly realizedProfitUsd: string;
  readonly hold: { readonly all: HoldTally; readonly winning: HoldTally; readonly losing: HoldTally };
  readonly decided: DecidedTally;
  readonly buckets: readonly BucketTally[];
  readonly decisions: { readonly made: number; readonly confident: number; readonly confidenceSum: string };
  readonly streaks: StreakTally;
  readonly drawdown: DrawdownTally;
  /** Ended trades that are in no number. */
  readonly notCounted: {
    readonly unknownPnl: number;
    readonly undated: number;
    readonly named: readonly NotCounted[];
  };
}

export interface GroupTally {
  readonly trades: number;
  readonly winning: number;
  readonly losing: number;
  readonly breakeven: number;
  readonly netUsd: string;
  readonly feesUsd: string;
  readonly unknownFees: number;
}

export interface NamedTally extends GroupTally {
  /** null = the trades that name none. */
  readonly name: string | null;
}

/** Trades whose closing is not before their opening. */
export interface HoldTally {
  readonly count: number;
  readonly seconds: string;
}

/** Trades that carry out a decision. */
export interface DecidedTally {
  readonly trades: number;
  readonly netUsd: string;
  readonly high: number;
  readonly highWins: number;
  readonly low: number;
  readonly lowLosses: number;
}

/** Trades of decisions whose confidence lies in [10 x bucket, 10 x bucket + 10), or up to 100 in bucket 9. */
export interface BucketTally {
  readonly bucket: number;
  readonly trades: number;
  readonly winning: number;
  readonly netUsd: string;
  readonly confidenceSum: string;
  /** Sum of (confidence - 100)^2 of wins and confidence^2 of all others. */
  readonly squaredErrorSum: string;
}

/** Runs of wins and losses in the order of closing; a breakeven ends both. */
export interface StreakTally {
  readonly longestWin: number;
  readonly longestLoss: number;
  /** At the end: so many wins, or losses as a negative number, 0 after a breakeven; null without trades. */
  readonly current: number | null;
}

/** Deepest fall of the net P&L summed up from zero, trades of one microsecond as one step; the first one of its depth. */
export interface DrawdownTally {
  readonly usd: string;
  /** The sum that it fell from; `0` also where it never rose. */
  readonly peakUsd: string;
  /** When the sum first was there; null = it began there. */
  readonly from: string | null;
  /** null = no fall. */
  readonly to: string | null;
  /** First and last closing; null without trades. */
  readonly first: string | null;
  readonly last: string | null;
}

/** Net P&L of the trades that closed on a UTC day. */
export interface DayTally {
  /** `2026-01-14` */
  readonly day: string;
  readonly netUsd: string;
}

/** One snapshot of an account's value, as it stands in git. */
export interface EquityReading {
  readonly at: string;
  readonly account: string;
  /** null = not complete, or no value. */
  readonly valueUsd: string | null;
  /** External flows in (`since`, `at`]; null = not known. */
  readonly flowUsd: string | null;
  /** The last moment before that flows are told up to; null = every flow ever is in `flowUsd`. */
  readonly since: string | null;
}

/** What performance is computed from, of one moment. */
export interface PerformanceFacts {
  readonly tallies: readonly PeriodTally[];
  /** Every day that trades closed on and a period that was asked for holds, ascending. */
  readonly days: readonly DayTally[];
  /** Ascending. */
  readonly equity: readonly EquityReading[];
}

/** Which periods are asked for. */
export interface PerformanceScope {
  /** null = every period of the kinds that has trades. */
  readonly periods: readonly Period[] | null;
  readonly kinds: readonly Period['period'][];
}

/** How many trades that are not counted are named. */
export const MOST_NAMED = 20;
