import type { SyncReport, WithProjection } from '../../index.js';
import { roundMoney } from './money.js';
import { describePublished } from './published.js';
import { safeText } from './safe-text.js';
import type { Style } from './style.js';
import { count, renderTable, things } from './table.js';

const COUNTS = ['read', 'new', 'closed', 'revised', 'unchanged', 'skipped', 'linked', 'commits'] as const;

/** What a run of the sync did, for people. */
export async function describeSync(
  style: Style,
  report: WithProjection<SyncReport>,
  seconds: number,
): Promise<string> {
  const table = await renderTable(
    COUNTS.map((name) => ({ title: name, align: 'right' as const })),
    [COUNTS.map((name) => count(report[name]))],
  );
  const lines = [`sync of trades, mode ${report.mode} (${seconds.toFixed(2)} s)`];
  if (report.fullBecause !== null) lines.push(`  every row was compared: ${report.fullBecause}`);
  lines.push('', table, '');
  if (report.new + report.closed + report.revised > 0) lines.push(`  P&L added: ${describePnl(report)}`, '');
  for (const { id, reason } of report.skippedRows.slice(0, 5))
    lines.push(style.warn(`  row ${safeText(id)} is skipped: ${safeText(reason)}`));
  if (report.skipped > 0)
    lines.push(style.warn(`  ${things(report.skipped, 'row')} skipped; tried again next time`), '');
  if (report.dryRun) lines.push(`${style.warn('dry run')}: nothing was written`);
  else lines.push(describePublished(style, report.commit, report.published));
  return lines.join('\n');
}

/** The same in one line of the log. */
export function syncLogLine(report: SyncReport): string {
  const counts = COUNTS.map((name) => `${name} ${report[name]}`).join(', ');
  return `${report.mode}: ${counts}; P&L added ${describePnl(report)}`;
}

function describePnl({ pnl }: SyncReport): string {
  const [realized, fees, net] = [pnl.realizedUsd, pnl.feesUsd, pnl.netUsd].map(roundMoney);
  const others = roundMoney(pnl.otherFeesUsd);
  const beside = others === '0.00' ? '' : `; fees of trades without a realized P&L ${others}`;
  return `realized ${realized} - fees ${fees} = net ${net} USD${beside}`;
}
