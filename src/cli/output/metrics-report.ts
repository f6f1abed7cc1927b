import type { MetricsReport, WithProjection } from '../../index.js';
import { roundMoney } from './money.js';
import { describePublished } from './published.js';
import { safeText } from './safe-text.js';
import type { Style } from './style.js';
import { count, renderTable, things } from './table.js';

type Report = WithProjection<MetricsReport>;

const MOST_LISTED = 20;
const NOT_DEFINED = 'n/a';

/** What a run of `metrics` did, for people: amounts to the cent, rates to a tenth. */
export async function describeMetrics(style: Style, report: Report): Promise<string> {
  const { written, unchanged, dryRun } = report;
  const lines = [
    `metrics from ${report.source === 'postgres' ? 'postgres' : 'the ledger in git'}: ${things(written.length, 'file')} ${dryRun ? 'to write' : 'written'}, ${count(unchanged)} unchanged`,
  ];
  if (written.length > 0)
    lines.push(
      '',
      await renderTable(COLUMNS, longestFirst(written).slice(0, MOST_LISTED).map(row), style.width),
      '',
    );
  if (written.length > MOST_LISTED) lines.push(`  and ${count(written.length - MOST_LISTED)} more`, '');
  const uncounted = written.filter(({ record }) => Number(record.detail?.unknownPnlTrades ?? 0) > 0).length;
  if (uncounted > 0)
    lines.push(
      style.warn(`  ${things(uncounted, 'period')} with trades of unknown P&L, which no number counts`),
      '',
    );
  if (dryRun) lines.push(`${style.warn('dry run')}: nothing was written`);
  else lines.push(describePublished(style, report.commit, report.published));
  return lines.join('\n');
}

/** The longest periods say most; of one length, the latest. */
function longestFirst(written: Report['written']): Report['written'] {
  return [...written].sort(
    (left, right) =>
      ORDER.indexOf(left.period) - ORDER.indexOf(right.period) || (left.label < right.label ? 1 : -1),
  );
}

const ORDER: readonly string[] = ['all_time', 'month', 'week', 'day', 'hour'];

const COLUMNS = [
  { title: 'period', align: 'left' as const },
  { title: 'label', align: 'left' as const },
  { title: 'why', align: 'left' as const, spare: 1 },
  ...['trades', 'won', 'win rate', '95 %', 'net P&L'].map((title) => ({ title, align: 'right' as const })),
];

function row({ period, label, because, record }: Report['written'][number]): readonly string[] {
  const { detail } = record;
  const interval =
    detail?.winRateLowPct == null
      ? NOT_DEFINED
      : `${percent(detail.winRateLowPct)} to ${percent(detail.winRateHighPct)}`;
  return [
    period,
    safeText(label),
    because,
    count(Number(record.totalTrades)),
    count(Number(record.winningTrades)),
    percent(detail?.winRatePct ?? null),
    interval,
    record.totalPnlUsd === null ? NOT_DEFINED : `${roundMoney(record.totalPnlUsd)} USD`,
  ];
}

function percent(value: string | null): string {
  return value === null ? NOT_DEFINED : `${roundMoney(value)} %`;
}

/** The same in one line of the log. */
export function metricsLogLine({ written, unchanged, source }: Report): string {
  return `${things(written.length, 'file')} written, ${count(unchanged)} unchanged (from ${source})`;
}
