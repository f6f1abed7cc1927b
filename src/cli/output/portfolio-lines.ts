import {
  amountText,
  durationText,
  type PnlWindowAnswer,
  type PortfolioWarning,
  type SnapshotEvidence,
} from '../../index.js';
import { percentText } from './money.js';
import { safeText, shortText } from './safe-text.js';
import type { Style } from './style.js';
import { secondText } from './time-text.js';

/** What every answer about snapshots begins with. */
interface Answer {
  readonly source: string;
  readonly revision: string;
  readonly notice: string | null;
  readonly feed: string | null;
  readonly account: string | null;
  readonly reason: string | null;
  readonly hint: string | null;
  readonly warnings: readonly PortfolioWarning[];
}

/** Where an answer comes from and what is wrong with it; lines above the numbers. */
export function noticeLines(style: Style, answer: Answer): readonly string[] {
  const lines = [answer.notice, ...answer.warnings.map(({ message }) => message)].flatMap((text) =>
    text === null ? [] : [style.warn(safeText(text))],
  );
  return lines.length === 0 ? [] : [...lines, ''];
}

/** Says that there is no snapshot, why, and what to do. */
export function unknownLines(style: Style, answer: Answer): readonly string[] {
  return [`${style.bold('not known')}: ${safeText(answer.reason ?? '')}`, `  ${safeText(answer.hint ?? '')}`];
}

/** Whose snapshot, and `as of 2026-01-15 23:00:01Z, 3 h 2 min ago, complete`. */
export function headlines(style: Style, answer: Answer, snapshot: SnapshotEvidence): readonly string[] {
  const quality =
    snapshot.quality === 'complete' ? style.good(snapshot.quality) : style.warn(safeText(snapshot.quality));
  const account = `${shortText(answer.feed ?? '', 40)} ${shortText(answer.account ?? '', 80)}`;
  return [style.bold(account), `as of ${secondText(snapshot.as_of)}, ${snapshot.age} ago, ${quality}`];
}

/** The artifact, the revision and the source: the last line. */
export function originLine(style: Style, answer: Answer, snapshot: SnapshotEvidence): string {
  return style.dim(
    `  ${safeText(snapshot.artifact)} at ${answer.revision.slice(0, 12)}, from ${answer.source}`,
  );
}

type Stretch = Pick<PnlWindowAnswer, 'asked_seconds' | 'covered_seconds' | 'covered'>;

/** Snapshots of two days lie within seconds of each other, not a day apart to the second. */
const SLACK_SECONDS = 60;

/** The window that was really covered: `1 d 1 h`; `-` = not known. A few seconds more or less are not told. */
export function coveredText(window: Stretch): string {
  if (window.asked_seconds !== null && isAsAsked(window)) return durationText(window.asked_seconds);
  return window.covered ?? '-';
}

/** `12.00 USD, 0.04 %, over 30 d 22 h`: the window only where it is not the one asked for. */
export function windowText(window: PnlWindowAnswer): string {
  const { value, percent, asked_seconds: asked } = window;
  if (value === null) return amountText(null);
  return [
    amountText(value),
    ...(percent === null ? [] : [percentText(percent)]),
    ...(asked === null || isAsAsked(window) ? [] : [`over ${coveredText(window)}`]),
  ].join(', ');
}

function isAsAsked({ asked_seconds: asked, covered_seconds: covered }: Stretch): boolean {
  return asked !== null && covered !== null && Math.abs(covered - asked) <= SLACK_SECONDS;
}
