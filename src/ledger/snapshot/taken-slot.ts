import type { AccountKey } from '../../../parsers/flow-book.js';
import { epochSecondsOf, inSlot, type Slot } from './slots.js';
import type { SnapshotFiles } from './snapshot-files.js';

/**
 * Finds the scheduled snapshot of a slot. Complete or not, it has served the slot: one a slot.
 *
 * @returns its path; null = the slot has none yet.
 */
export async function takenSlot(files: SnapshotFiles, slot: Slot, key: AccountKey): Promise<string | null> {
  for (const path of await files.between(slot.startSeconds, slot.endSeconds - 1)) {
    const record = await files.read(path);
    if (record === null || record.snapshotType !== 'scheduled') continue;
    if (record.source !== key.source || record.account !== key.account) continue;
    if (inSlot(slot, epochSecondsOf(record.snapshotAt))) return path;
  }
  return null;
}
