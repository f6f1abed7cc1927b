import { PNL_WINDOWS, type PnlWindow, type SnapshotRecord } from '../../../parsers/snapshot.js';
import { type Baseline, baselineRange, mayBeBaseline, type SnapshotValue } from './pnl.js';
import type { SnapshotFiles } from './snapshot-files.js';
import type { AccountProgress } from './snapshot-state.js';

export type KnownFirst = Pick<AccountProgress, 'firstComplete' | 'snapshotsBefore'>;

export type FoundBaselines = Readonly<Record<PnlWindow, Baseline<SnapshotRecord> | null>>;

/** Snapshots that are opened to find the one before, where the state does not tell. */
const MOST_OPENED = 1_000;
const MICROSECONDS = 1_000_000;

/**
 * Finds the baseline of every window among the files of a commit: by the second in their names, opening only files in a
 * window's tolerance, nearest first.
 *
 * @param known - what the state has of the first complete snapshot; null = nothing.
 */
export async function findBaselines(
  files: SnapshotFiles,
  current: SnapshotValue,
  known: KnownFirst | null,
): Promise<FoundBaselines> {
  const found: Record<PnlWindow, Baseline<SnapshotRecord> | null> = {
    '24h': null,
    '7d': null,
    '30d': null,
    all: await findFirst(files, current, known),
  };
  for (const window of PNL_WINDOWS) {
    const range = baselineRange(window, current.snapshotAt);
    if (range === null) continue;
    // A name tells the second that a snapshot was taken in, hence a moment up to a second earlier than it was.
    const first = Math.floor(range.from / MICROSECONDS);
    const last = Math.floor(range.to / MICROSECONDS);
    found[window] = await firstFitting(files, await files.between(first, last), window, current);
  }
  return found;
}

/**
 * The first complete snapshot of the account. The one that is known is trusted as long as it still is one and no older
 * files have come since: those of another clone, by a merge.
 */
async function findFirst(
  files: SnapshotFiles,
  current: SnapshotValue,
  known: KnownFirst | null,
): Promise<Baseline<SnapshotRecord> | null> {
  const first = known?.firstComplete ?? null;
  if (first !== null && known?.snapshotsBefore === (await countBefore(files, first))) {
    const remembered = await firstFitting(files, [first], 'all', current);
    if (remembered !== null) return remembered;
  }
  return firstFitting(files, await files.all(), 'all', current);
}

/** Counts the snapshot files, of any account, that are older than one. */
export async function countBefore(files: SnapshotFiles, path: string): Promise<number> {
  return (await files.all()).filter((other) => other < path).length;
}

async function firstFitting(
  files: SnapshotFiles,
  paths: readonly string[],
  window: PnlWindow,
  current: SnapshotValue,
): Promise<Baseline<SnapshotRecord> | null> {
  for (const path of paths) {
    const record = await files.read(path);
    if (record !== null && mayBeBaseline(window, current, record)) return { path, record };
  }
  return null;
}

/**
 * Finds the moment up to which an earlier snapshot has told the external flows, where the state does not say it.
 *
 * @returns null = no earlier snapshot of the account did.
 */
export async function findFlowsTold(files: SnapshotFiles, current: SnapshotValue): Promise<string | null> {
  const paths = (await files.all()).toReversed();
  for (const path of paths.slice(0, MOST_OPENED)) {
    const record = await files.read(path);
    if (record === null || record.source !== current.source || record.account !== current.account) continue;
    if (record.snapshotAt >= current.snapshotAt) continue;
    if (record.externalFlows.netUsd !== null || record.quality.status === 'complete')
      return record.snapshotAt;
  }
  return null;
}
