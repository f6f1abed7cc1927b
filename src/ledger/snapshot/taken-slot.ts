import type { AccountKey } from '../../../parsers/flow-book.js';
import type { SnapshotRecord } from '../../../parsers/snapshot.js';
import { epochSecondsOf, inSlot, type Slot } from './slots.js';
import type { SnapshotFiles } from './snapshot-files.js';

/** A scheduled snapshot of a slot. */
export interface SlotSnapshot {
  readonly path: string;
  readonly quality: SnapshotRecord['quality'];
}

/**
 * Finds the scheduled snapshot of a slot: the complete one, which serves it, or the last partial one, which a complete one
 * may still follow.
 *
 * @returns null = the slot has none yet.
 */
export async function takenSlot(
  files: SnapshotFiles,
  slot: Slot,
  key: AccountKey,
): Promise<SlotSnapshot | null> {
  let partial: SlotSnapshot | null = null;
  for (const path of await files.between(slot.startSeconds, slot.endSeconds - 1)) {
    const record = await files.read(path);
    if (record === null || record.snapshotType !== 'scheduled') continue;
    if (record.source !== key.source || record.account !== key.account) continue;
    if (!inSlot(slot, epochSecondsOf(record.snapshotAt))) continue;
    if (record.quality.status === 'complete') return { path, quality: record.quality };
    partial ??= { path, quality: record.quality };
  }
  return partial;
}
