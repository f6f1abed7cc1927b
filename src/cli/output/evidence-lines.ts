import { type AnswerSource, durationText, type Evidence, roundDecimal } from '../../index.js';
import { safeText } from './safe-text.js';
import type { Style } from './style.js';
import { count, things } from './table.js';
import { secondText } from './time-text.js';

/** What keeps an answer from being today's from Postgres, above it. */
export function sourceNotice(style: Style, { notice }: AnswerSource): readonly string[] {
  return notice === null ? [] : [style.warn(safeText(notice)), ''];
}

/** `at 8f2d01c3a9b4, 3 commits before HEAD, from git`. */
export function sourceText({ revision, source, behind_by: behind }: AnswerSource): string {
  const before = behind === 0 ? '' : `, ${things(behind, 'commit')} before HEAD`;
  return `at ${revision.slice(0, 12)}${before}, from ${source}`;
}

/** What a number was counted from, how old that is, and where it stands: the last lines. */
export function evidenceLines(
  style: Style,
  answer: AnswerSource,
  evidence: Pick<Evidence, 'basis' | 'as_of' | 'age_seconds' | 'artifacts'>,
): readonly string[] {
  const { basis, as_of: asOf, age_seconds: age, artifacts } = evidence;
  const note = safeText(basis.note);
  const [first] = artifacts.paths;
  const more = artifacts.count - 1;
  return [
    basis.metrics_file === 'stale' ? style.warn(`  ${note}`) : style.dim(`  ${note}`),
    ...(first === undefined
      ? []
      : [style.dim(`  ${safeText(first)}${more > 0 ? ` and ${count(more)} more` : ''}`)]),
    style.dim(
      asOf === null
        ? `  ${sourceText(answer)}`
        : `  newest record ${secondText(asOf)}, ${durationText(age ?? 0)} old; ${sourceText(answer)}`,
    ),
  ];
}

/** `20.77 to 93.85 %`; `-` without one. */
export function intervalText(interval: Evidence['interval']): string {
  return interval === null ? '-' : `${roundDecimal(interval.low, 2)} to ${roundDecimal(interval.high, 2)} %`;
}

/** `in all`, `2026-W03`. */
export function periodText({ period, label }: { readonly period: string; readonly label: string }): string {
  return period === 'all_time' ? 'all time' : label;
}

/** `3 more` where a list is cut. */
export function moreLine(style: Style, total: number, shown: number, what: string): readonly string[] {
  return total > shown ? [style.dim(`  ... ${count(total - shown)} more ${what}`)] : [];
}
