import { exactJson } from './exact-value.js';
import type { InfoClient } from './info-client.js';
import { type LedgerUpdate, ledgerUpdates } from './ledger-schema.js';
import { momentOfTime } from './moments.js';

export interface LedgerWindow {
  readonly user: string;
  /** Canonical times, both included. */
  readonly from: string;
  readonly to: string;
  readonly ttlSeconds: number;
}

const WEIGHT = 20;
const ITEMS_PER_WEIGHT = 20;

/**
 * Reads all of a window, page by page.
 *
 * The exchange cuts its answers at a number of updates that it does not tell, and several updates may share a
 * millisecond across such a cut. So each page starts at the last millisecond of the page before, what was seen is left
 * out, and a page is the last one only when it is provably whole: it has nothing new and is shorter than a page that
 * the exchange has been seen to send, or nothing is left after it.
 *
 * @returns in order of time, within a millisecond as the exchange orders them.
 */
export async function readLedgerUpdates(
  info: InfoClient,
  window: LedgerWindow,
): Promise<readonly LedgerUpdate[]> {
  const endTime = momentOfTime(window.to);
  const updates: LedgerUpdate[] = [];
  let startTime = momentOfTime(window.from);
  let longest = 0;
  while (startTime <= endTime) {
    const page = await info({
      request: { type: 'userNonFundingLedgerUpdates', user: window.user, startTime, endTime },
      schema: ledgerUpdates,
      weight: WEIGHT,
      ttlSeconds: window.ttlSeconds,
      extraWeight: (answer) => Math.floor(answer.length / ITEMS_PER_WEIGHT),
    });
    const inWindow = page.filter(({ time }) => time >= startTime && time <= endTime);
    const fresh = unseen(updates, inWindow);
    updates.push(...fresh);
    if (inWindow.length === 0) break;
    if (fresh.length === 0) {
      if (inWindow.length < longest) break;
      startTime += 1;
    } else {
      startTime = Math.max(...inWindow.map(({ time }) => time));
    }
    longest = Math.max(longest, page.length);
  }
  return updates.sort((left, right) => left.time - right.time);
}

/** Those of a page that were not read before; equal twins in one page are two updates. */
function unseen(known: readonly LedgerUpdate[], page: readonly LedgerUpdate[]): readonly LedgerUpdate[] {
  const counts = new Map<string, number>();
  for (const update of known) counts.set(keyOf(update), (counts.get(keyOf(update)) ?? 0) + 1);
  return page.filter((update) => {
    const count = counts.get(keyOf(update)) ?? 0;
    if (count > 0) counts.set(keyOf(update), count - 1);
    return count === 0;
  });
}

function keyOf({ time, hash, raw }: LedgerUpdate): string {
  return `${time} ${hash} ${exactJson(raw)}`;
}
