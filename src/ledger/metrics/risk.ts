import { addDecimals, signOfDecimal } from '../../../parsers/decimal-arithmetic.js';
import type { EquityBasis } from '../../../parsers/metrics.js';
import type { DayTally, PeriodTally } from '../../../parsers/performance-tally.js';
import type { Period } from '../../../parsers/period.js';
import { civilFromDays, daysFromCivil } from '../../../parsers/time.js';
import { dailyEarnings, deepestFall, type EquityHistory, equityOf, type PeriodEquity } from './equity.js';
import { PLACES, percentOf, quotient, riskRatios } from './ratios.js';

/** How the equity went: falls, and returns against their spread. */
export interface Risk {
  readonly basis: EquityBasis;
  /** First and last moment that the basis tells of. */
  readonly equityFrom: string | null;
  readonly equityTo: string | null;
  readonly startingEquityUsd: string | null;
  readonly maxDrawdownUsd: string | null;
  readonly maxDrawdownPct: string | null;
  readonly maxDrawdownFrom: string | null;
  readonly maxDrawdownTo: string | null;
  readonly dailyReturns: number;
  readonly sharpe: string | null;
  readonly sortino: string | null;
  readonly reasons: readonly (readonly [field: string, reason: string])[];
}

type Ratios = Pick<Risk, 'dailyReturns' | 'sharpe' | 'sortino' | 'reasons'>;

interface RiskSurroundings {
  readonly equity: EquityHistory;
  readonly days: readonly DayTally[];
}

/**
 * Tells drawdown, Sharpe and Sortino of a period: by the account's snapshots where at least two tell of it, else by what
 * trades brought as they closed, upon the value that the account had at the period's start.
 */
export function riskOf(tally: PeriodTally, { equity: history, days }: RiskSurroundings): Risk {
  const equity = equityOf(history, tally.period);
  return equity.points.length > 1 && equity.broken === null
    ? bySnapshots(tally.period, equity)
    : byTrades(tally, equity, history.reason, days);
}

function bySnapshots({ period }: Period, equity: PeriodEquity): Risk {
  const { points } = equity;
  const fall = deepestFall(points);
  const known = signOfDecimal(fall.baseUsd) > 0;
  const returns = dailyEarnings(points).map(({ earnedUsd, baseUsd }) => returnOf(earnedUsd, baseUsd));
  const ratios = ratiosOf(period, returns, 'the account had no value above zero on some day');
  return {
    basis: 'snapshots',
    equityFrom: points[0]?.at ?? null,
    equityTo: points.at(-1)?.at ?? null,
    startingEquityUsd: points[0]?.valueUsd ?? null,
    maxDrawdownUsd: fall.usd,
    maxDrawdownPct: known ? percentOf(fall.usd, fall.baseUsd) : null,
    maxDrawdownFrom: fall.to === null ? null : fall.from,
    maxDrawdownTo: fall.to,
    ...ratios,
    reasons: known
      ? ratios.reasons
      : [...ratios.reasons, ['max_drawdown_pct', 'the account had no value above zero']],
  };
}

function byTrades(
  tally: PeriodTally,
  equity: PeriodEquity,
  noHistory: string | null,
  days: readonly DayTally[],
): Risk {
  const { period, drawdown } = tally;
  const starting = equity.starting?.valueUsd ?? null;
  const unknown = noHistory ?? noStartReason(period, equity);
  const basis = {
    basis: 'realized' as const,
    equityFrom: drawdown.first,
    equityTo: drawdown.last,
    startingEquityUsd: starting,
  };
  if (drawdown.first === null) {
    const reason = 'no trade ended in the period';
    const fields = ['max_drawdown_usd', 'max_drawdown_pct', 'sharpe_ratio', 'sortino_ratio'];
    return { ...basis, ...NO_FALL, ...NO_RATIOS, reasons: fields.map((field) => [field, reason] as const) };
  }
  const ratios: Ratios =
    starting === null
      ? { ...NO_RATIOS, reasons: BOTH.map((field) => [field, unknown] as const) }
      : ratiosOf(
          period.period,
          dailyReturns(period, starting, days),
          'the account had no value above zero on some day',
        );
  const peak = starting === null ? null : addDecimals(starting, drawdown.peakUsd);
  const pct = peak !== null && signOfDecimal(peak) > 0 ? percentOf(drawdown.usd, peak) : null;
  const noPct = starting === null ? unknown : 'the account had no value above zero';
  return {
    ...basis,
    maxDrawdownUsd: drawdown.usd,
    maxDrawdownPct: pct,
    maxDrawdownFrom: drawdown.to === null ? null : (drawdown.from ?? period.start),
    maxDrawdownTo: drawdown.to,
    ...ratios,
    reasons: pct === null ? [...ratios.reasons, ['max_drawdown_pct', noPct]] : ratios.reasons,
  };
}

/** Why there is no equity to count upon. */
function noStartReason({ start }: Period, { points, broken }: PeriodEquity): string {
  if (broken !== null)
    return `external flows between the snapshots of ${broken.from} and ${broken.to} are not known`;
  return start === null && points.length < 2
    ? 'fewer than 2 complete snapshots'
    : 'no complete snapshot within 24 hours before the period';
}

const BOTH = ['sharpe_ratio', 'sortino_ratio'] as const;
const NO_RATIOS = { dailyReturns: 0, sharpe: null, sortino: null } as const;
const NO_FALL = {
  maxDrawdownUsd: null,
  maxDrawdownPct: null,
  maxDrawdownFrom: null,
  maxDrawdownTo: null,
} as const;

/** Days without a trade bring nothing, which is a return too; before the first and after the last nothing is said. */
function dailyReturns(
  period: Period,
  starting: string,
  days: readonly DayTally[],
): readonly (string | null)[] {
  const own = days.filter(
    ({ day }) =>
      (period.start === null || day >= period.start.slice(0, 10)) &&
      (period.end === null || day < period.end.slice(0, 10)),
  );
  const returns: (string | null)[] = [];
  let equity = starting;
  let next: string | null = null;
  for (const { day, netUsd } of own) {
    for (; next !== null && next < day; next = dayAfter(next)) returns.push('0');
    returns.push(returnOf(netUsd, equity));
    equity = addDecimals(equity, netUsd);
    next = dayAfter(day);
  }
  return returns;
}

function returnOf(earnedUsd: string, baseUsd: string): string | null {
  return signOfDecimal(baseUsd) > 0 ? quotient(earnedUsd, baseUsd, PLACES.return) : null;
}

function ratiosOf(period: Period['period'], returns: readonly (string | null)[], noBase: string): Ratios {
  const none = (reason: string): Ratios => ({
    dailyReturns: returns.length,
    sharpe: null,
    sortino: null,
    reasons: BOTH.map((field) => [field, reason] as const),
  });
  if (period === 'hour') return { ...none('an hour has no daily returns'), dailyReturns: 0 };
  const known = returns.filter((value) => value !== null);
  if (known.length < returns.length) return none(noBase);
  if (known.length < 2) return none('fewer than 2 daily returns');
  const { sharpe, sortino } = riskRatios(known);
  const reasons: [string, string][] = [];
  if (sharpe === null) reasons.push(['sharpe_ratio', 'all daily returns are alike']);
  if (sortino === null) reasons.push(['sortino_ratio', 'no daily return is below zero']);
  return { dailyReturns: returns.length, sharpe, sortino, reasons };
}

function dayAfter(day: string): string | null {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  return civilFromDays(daysFromCivil(year, month, date) + 1);
}
