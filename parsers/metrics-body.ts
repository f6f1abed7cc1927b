import type { MetricsRecord } from './canonical-metrics.js';
import type { MetricsDetail } from './metrics-detail.js';
import type { GroupPerformance } from './metrics-groups.js';

/** Writes the tables for people that follow from a record of metrics. Undefined is shown as `n/a`, never as zero. */
export function formatMetricsBody(record: MetricsRecord): string {
  const { detail } = record;
  const parts = [`# Performance: ${cell(record.period)} ${cell(record.label)}`, numbersTable(record)];
  if (detail !== null) parts.push('## Quality of the numbers', qualityTable(detail));
  addGroups(parts, 'asset', record.assetPerformance);
  if (detail !== null) {
    addGroups(parts, 'bot', detail.bots);
    addGroups(parts, 'source', detail.sources);
    addGroups(parts, 'side', detail.sides);
    if (detail.confidenceBuckets.length > 0) parts.push('## By confidence', bucketsTable(detail));
    if (detail.notCounted.length > 0) parts.push('## Not counted', notCountedTable(detail));
  }
  if (record.reasons.length > 0) parts.push('## Not defined', reasonsTable(record));
  return parts.join('\n\n');
}

function addGroups(parts: string[], by: string, groups: readonly GroupPerformance[]): void {
  if (groups.length > 0) parts.push(`## By ${by}`, groupsTable(by, groups));
}

function numbersTable(record: MetricsRecord): string {
  return table(
    ['Metric', 'Value'],
    [
      ['From', record.periodStart],
      ['To (exclusive)', record.periodEnd],
      ['Trades', record.totalTrades],
      ['Winning', record.winningTrades],
      ['Losing', record.losingTrades],
      ['Breakeven', record.breakevenTrades],
      ['Net P&L (USD)', record.totalPnlUsd],
      ['Gross profit (USD)', record.grossProfitUsd],
      ['Gross loss (USD)', record.grossLossUsd],
      ['Fees (USD)', record.totalFeesUsd],
      ['Average win (USD)', record.avgWinUsd],
      ['Average loss (USD)', record.avgLossUsd],
      ['Profit factor', record.profitFactor],
      ['Expectancy (USD)', record.expectancyUsd],
      ['Maximum drawdown (USD)', record.maxDrawdownUsd],
      ['Maximum drawdown (%)', record.maxDrawdownPct],
      ['Sharpe ratio', record.sharpeRatio],
      ['Sortino ratio', record.sortinoRatio],
      ['Decisions made', record.decisionsMade],
      ['Average confidence (%)', record.avgDecisionConfidencePct],
      ['Wins at high confidence', record.highConfidenceWins],
      ['Losses at low confidence', record.lowConfidenceLosses],
      ...(record.detail === null ? [] : detailRows(record.detail)),
    ],
  );
}

function detailRows(detail: MetricsDetail): readonly (readonly [string, string | null])[] {
  return [
    ['Trades at high confidence', detail.highConfidenceTrades],
    ['Trades at low confidence', detail.lowConfidenceTrades],
    ['Trades of a decision', detail.decidedTrades],
    ['Net P&L of them (USD)', detail.decidedPnlUsd],
    ['Trades of a known confidence', detail.calibratedTrades],
    ['Brier score', detail.brierScore],
    ['Win rate (%)', detail.winRatePct],
    ['Win rate, 95 % from (%)', detail.winRateLowPct],
    ['Win rate, 95 % to (%)', detail.winRateHighPct],
    ['Longest run of wins', detail.longestWinStreak],
    ['Longest run of losses', detail.longestLossStreak],
    ['Run at the end', detail.currentStreak],
    ['Average time held (s)', detail.avgHoldSeconds],
    ['Wins held (s)', detail.avgWinHoldSeconds],
    ['Losses held (s)', detail.avgLossHoldSeconds],
    ['Fees of profits (%)', detail.feeDragPct],
    ['Funding (USD)', detail.fundingUsd],
    ['Drawdown from', detail.maxDrawdownFrom],
    ['Drawdown to', detail.maxDrawdownTo],
  ];
}

function qualityTable(detail: MetricsDetail): string {
  return table(
    ['What', 'Value'],
    [
      ['As of', detail.asOf],
      ['Equity by', detail.equityBasis],
      ['Equity known from', detail.equityFrom],
      ['Equity known to', detail.equityTo],
      ['Starting equity (USD)', detail.startingEquityUsd],
      ['Daily returns', detail.dailyReturns],
      ['Trades without a P&L, not counted', detail.unknownPnlTrades],
      ['Trades without a closing time, not counted', detail.undatedTrades],
      ['Trades without fees, taken as 0', detail.unknownFeeTrades],
    ],
  );
}

function groupsTable(by: string, groups: readonly GroupPerformance[]): string {
  const heads = [`${by.slice(0, 1).toUpperCase()}${by.slice(1)}`, 'Trades', 'Net P&L (USD)', 'Win rate (%)'];
  const more = ['95 % from', '95 % to', 'Winning', 'Losing', 'Breakeven', 'Fees (USD)'];
  const rows = groups.map(({ name, trades, pnlUsd, winRatePct, spread }) => [
    name ?? '(none)',
    trades,
    pnlUsd,
    winRatePct,
    ...(spread === null
      ? []
      : [
          spread.winRateLowPct,
          spread.winRateHighPct,
          spread.winning,
          spread.losing,
          spread.breakeven,
          spread.feesUsd,
        ]),
  ]);
  return table(groups.some(({ spread }) => spread !== null) ? [...heads, ...more] : heads, rows);
}

function bucketsTable({ confidenceBuckets }: MetricsDetail): string {
  return table(
    [
      'Confidence (%)',
      'Trades',
      'Winning',
      'Average confidence (%)',
      'Win rate (%)',
      '95 % from',
      '95 % to',
      'Net P&L (USD)',
    ],
    confidenceBuckets.map((bucket) => [
      `${bucket.fromPct} to ${bucket.toPct}`,
      bucket.trades,
      bucket.winning,
      bucket.avgConfidencePct,
      bucket.winRatePct,
      bucket.winRateLowPct,
      bucket.winRateHighPct,
      bucket.pnlUsd,
    ]),
  );
}

function notCountedTable({ notCounted }: MetricsDetail): string {
  return table(
    ['Trade', 'Reason'],
    notCounted.map(({ source, externalTradeId, reason }) => [`${source}/${externalTradeId}`, reason]),
  );
}

function reasonsTable(record: MetricsRecord): string {
  return table(
    ['Metric', 'Reason'],
    record.reasons.map(({ field, reason }) => [field, reason]),
  );
}

function table(heads: readonly string[], rows: readonly (readonly (string | null)[])[]): string {
  const lines = [heads, heads.map(() => '---'), ...rows].map(
    (cells) => `| ${cells.map((value) => (value === null ? 'n/a' : cell(value))).join(' | ')} |`,
  );
  return lines.join('\n');
}

/** Short texts only; a bar would end the cell. */
function cell(text: string): string {
  return text.includes('|') || text.includes('\\') ? text.replace(/[\\|]/g, '\\$&') : text;
}
