import type { Published, Recorded } from '../../index.js';
import { safeText } from './safe-text.js';
import type { Style } from './style.js';

/** What became of a job: its commit, and whether Postgres shows it already. */
export function describePublished(
  style: Style,
  commit: Recorded['commit'],
  published: Published | null,
): string {
  if (commit === null) return 'nothing new: no commit';
  const lines = [`${style.good('committed')} ${commit.commit.slice(0, 12)}`];
  for (const path of commit.keptDirty) {
    lines.push(style.warn(`your unsaved or staged edit of ${safeText(path)} was left alone`));
  }
  if (published?.status === 'projected')
    lines.push(`${style.good('projected')}, proven (${published.report.mode})`);
  return lines.join('\n');
}
