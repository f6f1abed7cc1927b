import { parseState } from '../../../parsers/state.js';
import { type AccountProgress, formatSnapshotState, readSnapshotStateText } from './snapshot-state.js';

/**
 * Merges how far two clones have come with the accounts of one source, with the same outcome whoever merges whom: of each
 * account the earlier moment up to which flows are known, since flows that are read twice are written once, and the
 * earlier first complete snapshot.
 *
 * @returns null when either cannot be read: then a person decides.
 */
export function mergeSnapshotState(ours: string, theirs: string, path: string): string | null {
  const [our, their] = [readSnapshotStateText(ours, path), readSnapshotStateText(theirs, path)];
  const records = [ours, theirs].map((text) => parseState(text, path).records[0]?.record);
  if (our === null || their === null) return null;
  const accounts = new Map(our);
  for (const [account, progress] of their) {
    const other = accounts.get(account);
    accounts.set(account, other === undefined ? progress : mergeProgress(progress, other));
  }
  const times = records.map((record) => record?.recordedAt ?? '');
  const recordedAt = times.reduce((a, b) => (a > b ? a : b));
  return formatSnapshotState(records[0]?.source ?? '', accounts, recordedAt);
}

function mergeProgress(left: AccountProgress, right: AccountProgress): AccountProgress {
  const firsts = [left.firstComplete, right.firstComplete].filter((path) => path !== null).sort();
  return {
    flowsUntil: left.flowsUntil < right.flowsUntil ? left.flowsUntil : right.flowsUntil,
    firstComplete: firsts[0] ?? null,
    // The other's snapshots have come in between.
    snapshotsBefore: null,
    priced: [...new Set([...left.priced, ...right.priced])].sort(),
  };
}
