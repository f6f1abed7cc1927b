import {
  type ConsistencyReport,
  type Finding,
  type MoneyDiff,
  rowsTotal,
  type VerifyReport,
} from '../../index.js';
import { usdText } from './money.js';
import { safeText, shortText } from './safe-text.js';
import { count, things } from './table.js';

const MOST_FINDINGS = 20;

/** The outcome of a check as Markdown, for the summary of a CI run; with what changed in money, where a base was named. */
export function consistencySummary(report: VerifyReport | ConsistencyReport): readonly string[] {
  const money = 'money' in report ? report.money : null;
  return [...verdictLines(report), ...(money === null ? [] : ['', ...moneyLines(money)])];
}

function verdictLines(report: VerifyReport): readonly string[] {
  const { errors, warnings, artifactsRead, revision } = report;
  const rows = rowsTotal(report.rowCounts);
  const verdict = errors > 0 ? `${things(errors, 'error')}` : 'in sync';
  const lines = [
    `### maven-git: ${verdict}${warnings > 0 ? `, ${things(warnings, 'warning')}` : ''}`,
    '',
    `${things(artifactsRead, 'artifact')}${rows > 0 ? `, ${things(rows, 'row')}` : ''} at \`${revision.slice(0, 12)}\``,
    '',
    '| layer | verdict |',
    '| --- | --- |',
    ...Object.entries(report.layers).map(([layer, verdict]) => `| ${layer} | ${verdict} |`),
  ];
  if (report.findings.length === 0) return lines;
  return [
    ...lines,
    '',
    '| finding | where | expected | found |',
    '| --- | --- | --- | --- |',
    ...report.findings.slice(0, MOST_FINDINGS).map(findingRow),
    ...(report.findings.length > MOST_FINDINGS
      ? ['', `${count(report.findings.length - MOST_FINDINGS)} more in the log.`]
      : []),
  ];
}

/** `7d P&L 120.31 -> 98.02 USD, 3 trades opened`, and every sum beside it. */
function moneyLines({ from, trades, flows, snapshots, decisions, same }: MoneyDiff): readonly string[] {
  const title = `#### In money since \`${from.revision.slice(0, 12)}\``;
  if (same) return [title, '', 'Nothing changed: the records are the same.'];
  const { counts, before, after } = trades;
  const changed = (Object.keys(counts) as (keyof typeof counts)[])
    .filter((kind) => counts[kind] > 0)
    .map((kind) => `${things(counts[kind], 'trade')} ${kind}`);
  const stated = snapshots.accounts.flatMap(({ before: old, after: now }) =>
    (['7d', '24h', '30d', 'all'] as const)
      .filter((window) => old?.pnl_usd[window] !== now?.pnl_usd[window])
      .map((window) => {
        const [was, is] = [old, now].map((state) => usdText(state?.pnl_usd[window] ?? null));
        return `${window} P&L ${was} -> ${is} USD`;
      }),
  );
  const recorded = decisions.recorded > 0 ? [`${things(decisions.recorded, 'decision')} recorded`] : [];
  const moved = [
    ...(flows.added > 0 ? [`${things(flows.added, 'flow line')} recorded`] : []),
    ...(flows.removed > 0 ? [`${things(flows.removed, 'flow line')} gone`] : []),
  ];
  const said = [...stated, ...changed, ...moved, ...recorded];
  const row = (name: string, old: string | null | undefined, now: string | null | undefined): string =>
    `| ${name} | ${usdText(old ?? null)} | ${usdText(now ?? null)} |`;
  return [
    title,
    '',
    `${said.length === 0 ? 'No trade, flow, stated P&L or decision changed' : said.join(', ')}.`,
    '',
    '| USD | before | after |',
    '| --- | ---: | ---: |',
    row('realized', before.realized_pnl_usd, after.realized_pnl_usd),
    row('fees', before.fees_usd, after.fees_usd),
    row('net P&L', before.net_pnl_usd, after.net_pnl_usd),
    ...snapshots.accounts.flatMap(({ account, before: old, after: now }) => [
      row(`equity of ${cell(account)}`, old?.total_value_usd, now?.total_value_usd),
      ...(['24h', '7d', '30d', 'all'] as const).map((window) =>
        row(`P&L ${window}`, old?.pnl_usd[window], now?.pnl_usd[window]),
      ),
    ]),
  ];
}

function findingRow({ code, message, path, line, expected, actual }: Finding): string {
  const where = path === null ? '' : `${path}:${line ?? 1}`;
  const cells = [message, where, expected ?? '', actual ?? ''].map(cell);
  return `| **${code}** ${cells.join(' | ')} |`;
}

/** Text of artifacts is anybody's: nothing in it may become markup, a link or another cell. */
function cell(text: string): string {
  return shortText(safeText(text), 120).replace(
    /[\\`*_{}[\]()<>#+!|~&@:]/g,
    (mark) => `&#${mark.charCodeAt(0)};`,
  );
}
