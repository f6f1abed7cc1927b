import { amountText, type SnapshotReport, type WithProjection } from '../../index.js';
import { percentText, roundMoney } from './money.js';
import { describePublished } from './published.js';
import { safeText } from './safe-text.js';
import type { Style } from './style.js';
import { renderTable, things } from './table.js';
import { secondText } from './time-text.js';

type Report = WithProjection<SnapshotReport>;
type Taken = Extract<Report, { readonly outcome: 'written' | 'dry_run' }>;

const WINDOWS = ['24h', '7d', '30d', 'all'] as const;
const DAY_SECONDS = 86_400;

/** What a run of `snapshot` did, for people: amounts to the cent, and why a number is missing. */
export async function describeSnapshot(style: Style, report: Report): Promise<string> {
  if (report.outcome === 'slot_taken') return slotTaken(report);
  const { record, newFlows } = report;
  const { externalFlows: flows, quality } = record;
  const lines = [
    `snapshot of ${safeText(record.account)} at ${secondText(record.snapshotAt)} (${record.snapshotType}, ${safeText(record.source)})`,
    '',
    `  total value     ${amountText(record.totalValueUsd)}`,
    `  available       ${amountText(record.availableBalanceUsd)}`,
    `  margin used     ${amountText(record.marginUsedUsd)}`,
    `  unrealized P&L  ${amountText(record.unrealizedPnlUsd)}`,
    `  positions       ${record.positions.length}`,
    `  external flows  ${amountText(flows.netUsd)}, ${things(flows.count, 'flow')} since ${flows.since === null ? 'the beginning' : secondText(flows.since)}`,
    '',
    await windowTable(report, style.width),
    '',
  ];
  if (newFlows.length > 0) lines.push(`  ${things(newFlows.length, 'flow')} new in git`);
  if (quality.status === 'partial')
    lines.push(style.warn(`  partial: ${quality.failed.map(safeText).join(', ')}`));
  if (report.outcome === 'dry_run') lines.push(`${style.warn('dry run')}: nothing was written`);
  else lines.push(describePublished(style, report.commit, report.published));
  return lines.join('\n');
}

async function windowTable({ record, pct }: Taken, width: number | null): Promise<string> {
  const rows = WINDOWS.map((window) => {
    const { valueUsd, windowSeconds, baseline, reason } = record.pnl[window];
    if (valueUsd === null) return [window, amountText(null), '', '', safeText(reason ?? '')];
    const percent = pct[window].value;
    const days = windowSeconds === null ? '' : `${(windowSeconds / DAY_SECONDS).toFixed(2)} d`;
    const from = `since ${safeText(baseline?.split('/').at(-1) ?? '')}`;
    return [window, roundMoney(valueUsd), percent === null ? '' : percentText(percent), days, from];
  });
  return renderTable(
    [
      { title: 'P&L', align: 'left' },
      { title: 'USD', align: 'right' },
      { title: 'return', align: 'right' },
      { title: 'window', align: 'right' },
      { title: 'counted', align: 'left' },
    ],
    rows,
    width,
  );
}

/** The same in one line of the log. */
export function snapshotLogLine(report: Report): string {
  if (report.outcome === 'slot_taken') return slotTaken(report);
  const { record, newFlows } = report;
  const pnl = WINDOWS.map((window) => `${window} ${amountText(record.pnl[window].valueUsd)}`).join(', ');
  const flows = newFlows.length === 0 ? '' : `; ${things(newFlows.length, 'new flow')}`;
  const partial =
    record.quality.status === 'complete' ? '' : ` (partial: ${record.quality.failed.join(', ')})`;
  return `${record.snapshotType} snapshot: ${amountText(record.totalValueUsd)}${partial}; P&L ${pnl}${flows}`;
}

/** The document of `--json`: amounts exact, the snapshot in the form of its file. */
export function snapshotJson(report: Report): unknown {
  const { outcome, path, warnings, commit, published } = report;
  if (report.outcome === 'slot_taken') {
    const slot = { start: isoSecond(report.slot.startSeconds), end: isoSecond(report.slot.endSeconds) };
    const { quality } = report;
    return { outcome, path, slot, quality, snapshot: null, warnings, commit, published };
  }
  return {
    outcome,
    path,
    snapshot: JSON.parse(report.text) as unknown,
    new_flows: report.newFlows.map((flow) => ({
      source: flow.source,
      external_flow_id: flow.externalFlowId,
      occurred_at: flow.occurredAt,
      flow_type: flow.flowType,
      classification: flow.classification,
      amount_usd: flow.amountUsd,
    })),
    warnings,
    commit,
    published,
  };
}

function slotTaken({ path, slot, quality }: Extract<Report, { readonly outcome: 'slot_taken' }>): string {
  const span = `${secondText(isoSecond(slot.startSeconds))} to ${secondText(isoSecond(slot.endSeconds))}`;
  const name = path.split('/').at(-1);
  if (quality.status === 'complete') return `nothing to do: the slot ${span} has its snapshot, ${name}`;
  const without = quality.failed.length === 0 ? '' : `, without ${safeText(quality.failed.join(', '))}`;
  return `nothing written: the slot ${span} has only a partial snapshot, ${name}${without}, and this reading is partial too; the next run tries again`;
}

/** Of an epoch, as JSON has times. */
function isoSecond(epochSeconds: number): string {
  return `${new Date(epochSeconds * 1000).toISOString().slice(0, 19)}Z`;
}
