import { MavenError } from '../errors.js';
import type { TableDiff } from './diff.js';

/** What a change set would do to the projection, as the guards see it. */
export interface GuardedChange {
  /** Rows of each table before the change. */
  readonly before: Readonly<Record<string, number>>;
  readonly diffs: readonly TableDiff[];
  /** Whether the tree differs from the projected one; mending drift against the same tree is never refused. */
  readonly sourceChanged: boolean;
  /** False when the projected commit is not an ancestor of the new one: rebase, reset, force-push, another branch. */
  readonly fastForward: boolean;
  /** Rows that both histories hold and that contradict each other; a trade with a later revision does not. */
  readonly contradictions: number;
  /** Whether the new tree holds no artifact at all. */
  readonly sourceEmpty: boolean;
}

/**
 * Judges whether a change set may be applied without being asked for by name.
 *
 * @returns why it is refused, with the numbers, or null when it is fine.
 */
export function refusalOf(change: GuardedChange): string | null {
  if (!change.sourceChanged) return null;
  const guarded = change.diffs.filter((diff) => diff.table !== 'maven_problems');
  const deleted = guarded.reduce((sum, diff) => sum + diff.extra, 0);
  if (deleted === 0 && change.contradictions === 0) return null;
  if (change.sourceEmpty) return `the source is empty, and all ${deleted} rows would be deleted`;
  if (!change.fastForward) {
    const losses = [
      ...guarded
        .filter((diff) => diff.extra > 0)
        .map((diff) => `${diff.extra} rows of ${diff.table} would be deleted`),
      ...(change.contradictions > 0
        ? [`${change.contradictions} rows would say something else than before`]
        : []),
    ];
    return `history was rewritten: the projected commit is not an ancestor of this one, and ${losses.join(', ')}`;
  }
  const heavy = guarded.filter((diff) => diff.extra * 2 > (change.before[diff.table] ?? 0));
  if (heavy.length === 0) return null;
  const numbers = heavy.map(
    (diff) => `${diff.extra} of ${change.before[diff.table] ?? 0} rows of ${diff.table}`,
  );
  return `more than half of a table would be deleted: ${numbers.join(', ')}`;
}

/** @throws {@link MavenError} GUARD_REFUSED unless `force`. */
export function enforceGuards(change: GuardedChange, force: boolean): void {
  const refusal = refusalOf(change);
  if (refusal === null || force) return;
  throw new MavenError('GUARD_REFUSED', `refused: ${refusal}`, {
    hint: 'look at it with maven-git reconcile --dry-run; if it is meant, run maven-git reconcile --force',
    data: { before: change.before, diffs: change.diffs },
  });
}
