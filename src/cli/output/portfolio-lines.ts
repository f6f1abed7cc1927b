import {
  type PnlWindowAnswer,
  type PortfolioWarning,
  roundDecimal,
  type SnapshotEvidence,
} from '../../index.js';
import { safeText, shortText } from './safe-text.js';
import type { Style } from './style.js';

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

/** USD to the cent, half away from zero; `-` = not known. */
export function usdText(amount: string | null): string {
  return amount === null ? '-' : roundDecimal(amount, 2);
}

/** `2026-01-14 14:24:08Z`, cut to the second. */
export function secondText(time: string | null): string {
  return time === null ? '-' : `${time.slice(0, 10)} ${time.slice(11, 19)}Z`;
}

/** `1.24 %`. */
export function percentText(percent: string | null): string {
  return percent === null ? '-' : `${roundDecimal(percent, 2)} %`;
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

/** `24h -5.80  7d -  30d 12.00  all -193.85`. */
export function windowsLine(windows: readonly PnlWindowAnswer[]): string {
  return windows
    .map(({ window, value, percent }) =>
      percent === null
        ? `${window} ${usdText(value)}`
        : `${window} ${usdText(value)} (${percentText(percent)})`,
    )
    .join(' · ');
}
