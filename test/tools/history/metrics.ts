import { formatMetrics, type MetricsPeriod, type MetricsRecord } from '../../../parsers/canonical-metrics.js';
import { metricsPath } from '../../../parsers/paths.js';
import { type Amount, amountText, ratio, rescale } from './amount.js';
import type { Decision } from './decisions.js';
import { HOUR, type Instant, instantOf, timeText } from './instant.js';
import type { Trade } from './trades.js';

interface Period {
  readonly period: MetricsPeriod;
  readonly label: string;
  readonly start: Instant | null;
  readonly end: Instant | null;
}

const PERIODS: readonly Period[] = [
  { period: 'month', label: '2025-12', start: instantOf(2025, 12, 1), end: instantOf(2026, 1, 1) },
  { period: 'week', label: '2026-W02', start: instantOf(2026, 1, 5), end: instantOf(2026, 1, 12) },
  { period: 'day', label: '2026-01-12', start: instantOf(2026, 1, 12), end: instantOf(2026, 1, 13) },
  { period: 'all_time', label: 'all_time', start: null, end: null },
];

/**
 * A few metrics files whose numbers follow from the ledger: counts and sums exactly, quotients to eight places, half
 * away from zero. What needs a choice of method (drawdown, Sharpe, Sortino) is left undefined and says so; hence the
 * definitions' version 0.
 */
export function metricsFiles(
  trades: readonly Trade[],
  decisions: readonly Decision[],
  end: Instant,
): ReadonlyMap<string, string> {
  return new Map(
    PERIODS.map((period) => [
      metricsPath(period.period, period.label),
      formatMetrics(metricsOf(period, trades, decisions, end)),
    ]),
  );
}

const UNDEFINED = ['max_drawdown_usd', 'max_drawdown_pct', 'sharpe_ratio', 'sortino_ratio'];

function metricsOf(
  period: Period,
  trades: readonly Trade[],
  decisions: readonly Decision[],
  end: Instant,
): MetricsRecord {
  const within = (instant: Instant): boolean =>
    (period.start === null || instant >= period.start) && (period.end === null || instant < period.end);
  const ended = trades.filter(
    ({ status, closedAt }) =>
      (status === 'closed' || status === 'liquidated') && closedAt !== null && within(closedAt),
  );
  const nets = ended.map(netOf);
  const wins = nets.filter((net) => net > 0n);
  const losses = nets.filter((net) => net < 0n);
  const made = decisions.filter(({ instant }) => within(instant));
  const confidences = made.flatMap(({ confidencePct }) =>
    confidencePct === null ? [] : [percent(confidencePct)],
  );
  return {
    period: period.period,
    label: period.label,
    periodStart: period.start === null ? null : timeText(period.start),
    periodEnd: period.end === null ? null : timeText(period.end),
    computedAt: timeText((period.end ?? end) + HOUR / 12),
    definitionsVersion: '0',
    ...countsOf(ended),
    totalPnlUsd: amountText(sum(nets)),
    grossProfitUsd: amountText(sum(wins)),
    grossLossUsd: amountText(sum(losses)),
    totalFeesUsd: amountText(sum(ended.map(({ fees }) => fees))),
    avgWinUsd: average(wins),
    avgLossUsd: average(losses),
    profitFactor: losses.length === 0 ? null : amountText(ratio(sum(wins), -sum(losses))),
    decisionsMade: String(made.length),
    avgDecisionConfidencePct: average(confidences),
    highConfidenceWins: String(
      ended.filter((trade) => isWin(trade) && confidenceOf(trade) > percent('70')).length,
    ),
    lowConfidenceLosses: String(
      ended.filter(
        (trade) => trade.realized < 0n && trade.decision !== null && confidenceOf(trade) < percent('40'),
      ).length,
    ),
    maxDrawdownUsd: null,
    maxDrawdownPct: null,
    sharpeRatio: null,
    sortinoRatio: null,
    expectancyUsd: average(nets),
    assetPerformance: assetsOf(ended),
    detail: null,
    reasons: UNDEFINED.map((field) => ({ field, reason: 'not part of definitions version 0' })),
  };
}

function countsOf(
  ended: readonly Trade[],
): Pick<MetricsRecord, 'totalTrades' | 'winningTrades' | 'losingTrades' | 'breakevenTrades'> {
  return {
    totalTrades: String(ended.length),
    winningTrades: String(ended.filter(isWin).length),
    losingTrades: String(ended.filter(({ realized }) => realized < 0n).length),
    breakevenTrades: String(ended.filter(({ realized }) => realized === 0n).length),
  };
}

function assetsOf(ended: readonly Trade[]): MetricsRecord['assetPerformance'] {
  const assets = [...new Set(ended.map(({ market }) => market.asset))].sort();
  return assets.map((asset) => {
    const own = ended.filter(({ market }) => market.asset === asset);
    const won = BigInt(own.filter(isWin).length);
    return {
      name: asset,
      spread: null,
      trades: String(own.length),
      pnlUsd: amountText(sum(own.map(netOf))),
      winRatePct: amountText(ratio(rescale(won * 100n, 0), rescale(BigInt(own.length), 0))),
    };
  });
}

const netOf = (trade: Trade): Amount => trade.realized - trade.fees;
const isWin = (trade: Trade): boolean => trade.realized > 0n;
const confidenceOf = (trade: Trade): Amount => percent(trade.decision?.confidencePct ?? '0');

function percent(text: string): Amount {
  const [whole = '0', fraction = ''] = text.split('.');
  return rescale(BigInt(whole + fraction), fraction.length);
}

function average(amounts: readonly Amount[]): string | null {
  return amounts.length === 0 ? null : amountText(ratio(sum(amounts), rescale(BigInt(amounts.length), 0)));
}

function sum(amounts: readonly Amount[]): Amount {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
