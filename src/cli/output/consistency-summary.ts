import type { Finding, VerifyReport } from '../../index.js';
import { safeText, shortText } from './safe-text.js';
import { count, things } from './table.js';

const MOST_FINDINGS = 20;

/** The outcome of a check as Markdown, for the summary of a CI run. */
export function consistencySummary(report: VerifyReport): readonly string[] {
  const { errors, warnings, artifactsRead, revision } = report;
  const rows = Object.values(report.rowCounts).reduce((sum, rows) => sum + rows, 0);
  const verdict = errors > 0 ? `${things(errors, 'error')}` : 'in sync';
  const lines = [
    `### maven-git: ${verdict}${warnings > 0 ? `, ${things(warnings, 'warning')}` : ''}`,
    '',
    `${things(artifactsRead, 'artifact')}, ${things(rows, 'row')} at \`${revision.slice(0, 12)}\``,
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
