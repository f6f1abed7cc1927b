import {
  durationText,
  type PnlWindowAnswer,
  type PortfolioWarning,
  type SnapshotEvidence,
} from '../../index.js';
import { percentText, usdText } from './money.js';
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

/** `hyperliquid 0x...  as of 2026-01-15 23:00:01Z, 3 h 2 min ago, complete`. */
export function headline(style: Style, answer: Answer, snapshot: SnapshotEvidence): string {
  const quality =
    snapshot.quality === 'complete' ? style.good(snapshot.quality) : style.warn(safeText(snapshot.quality));
  const account = `${shortText(answer.feed ?? '', 40)} ${shortText(answer.account ?? '', 80)}`;
  return `${style.bold(account)}  as of ${secondText(snapshot.as_of)}, ${snapshot.age} ago, ${quality}`;
}

/** The artifact, the revision and the source: the last line. */
export function originLine(style: Style, answer: Answer, snapshot: SnapshotEvidence): string {
  return style.dim(
    `  ${safeText(snapshot.artifact)} at ${answer.revision.slice(0, 12)}, from ${answer.source}`,
  );
}

/** `24h -5.80 · 7d - · 30d 12.00 (0.04 %, over 30 d 22 h) · all -193.85`. */
export function windowsLine(windows: readonly PnlWindowAnswer[]): string {
  return windows
    .map(({ window, value, percent, ...stretch }) => {
      const notes = [
        ...(percent === null ? [] : [percentText(percent)]),
        ...(value === null ? [] : coveredNote(stretch)),
      ];
      return `${window} ${usdText(value)}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`;
    })
    .join(' · ');
}

/** The window that was really covered, where it shows another length than the one asked for. */
function coveredNote({
  asked_seconds: asked,
  covered,
}: Pick<PnlWindowAnswer, 'asked_seconds' | 'covered'>): readonly string[] {
  if (asked === null || covered === null || covered === durationText(asked)) return [];
  return [`over ${covered}`];
}
