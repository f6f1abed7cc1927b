import { epochMicroseconds } from '../../../parsers/time.js';

/** One slot of scheduled snapshots: from its first second up to, and without, its end; seconds since 1970, UTC. */
export interface Slot {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** Longest interval between scheduled snapshots, in seconds: a day. */
export const LONGEST_INTERVAL_SECONDS = 86_400;

/**
 * Finds the slot of a moment. Slots are counted from 1970 in UTC, so that every machine cuts time alike.
 *
 * @param epochSeconds - whole or not.
 * @param intervalSeconds - a whole number from 1.
 */
export function slotOf(epochSeconds: number, intervalSeconds: number): Slot {
  const startSeconds = Math.floor(epochSeconds / intervalSeconds) * intervalSeconds;
  return { startSeconds, endSeconds: startSeconds + intervalSeconds };
}

export function inSlot({ startSeconds, endSeconds }: Slot, epochSeconds: number): boolean {
  return epochSeconds >= startSeconds && epochSeconds < endSeconds;
}

/** @returns seconds since 1970 of a canonical time, with its fraction as far as a double has it: to the microsecond. */
export function epochSecondsOf(time: string): number {
  return epochMicroseconds(time) / 1_000_000;
}
