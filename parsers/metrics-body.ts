import type { MetricsRecord } from './canonical-metrics.js';

/** Writes the tables for people that follow from a record of metrics. Undefined is shown as `n/a`, never as zero. */
export function formatMetricsBody(record: MetricsRecord): string {
  const parts = [`# Performance: ${cell(record.period)} ${cell(record.label)}`, numbersTable(record)];
  if (record.assetPerformance.length > 0) parts.push('## By asset', assetsTable(record));
  if (record.reasons.length > 0) parts.push('## Not defined', reasonsTable(record));
  return parts.join('\n\n');
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
    ],
  );
}

function assetsTable(record: MetricsRecord): string {
  const rows = record.assetPerformance.map((one) => [one.asset, one.trades, one.pnlUsd, one.winRatePct]);
  return table(['Asset', 'Trades', 'Net P&L (USD)', 'Win rate (%)'], rows);
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
  return text.replace(/[\\|]/g, '\\$&');
}
