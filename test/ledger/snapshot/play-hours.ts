import type { CommitBase } from '../../../src/git/commit.js';
import { planSnapshot } from '../../../src/ledger/snapshot/plan-snapshot.js';
import { readMoment } from '../../../src/ledger/snapshot/read-moment.js';
import { readSnapshotState } from '../../../src/ledger/snapshot/snapshot-state.js';
import { momentOfTime, timeOfMoment } from '../../../src/sources/hyperliquid/moments.js';
import type { Hyperliquid } from '../../../src/sources/hyperliquid/open-hyperliquid.js';
import { ACCOUNT, SOURCE } from './snapshot-harness.js';

const DAY_MS = 86_400_000;

/** A commit's artifacts in memory, so that two months of snapshots need no two months of commits. */
export function memoryBase(files: ReadonlyMap<string, string>): CommitBase {
  return {
    read: async (path) => {
      const text = files.get(path);
      return text === undefined ? null : Buffer.from(text);
    },
    list: async (prefix) => {
      const folder = `${prefix.replace(/\/+$/, '')}/`;
      return [...files.keys()].filter((path) => path.startsWith(folder)).sort();
    },
  };
}

/**
 * Takes one snapshot as the job does, and lays its files into memory instead of a commit.
 *
 * @throws when there is nothing to write.
 */
export async function playHour(
  files: Map<string, string>,
  exchange: Hyperliquid,
  clock: () => Date,
): Promise<void> {
  const base = memoryBase(files);
  const state = await readSnapshotState(base, SOURCE);
  const until = state.accounts.get(ACCOUNT)?.flowsUntil ?? null;
  const moment = await readMoment(exchange, {
    source: SOURCE,
    flowsFrom: until === null ? null : timeOfMoment(momentOfTime(until) - DAY_MS),
    clock,
    recordedAt: () => timeOfMoment(clock().getTime()),
    cachedMs: 0,
  });
  const plan = await planSnapshot(base, moment, {
    type: 'scheduled',
    intervalSeconds: 3600,
    recordedAt: timeOfMoment(clock().getTime()),
  });
  if (plan.kind !== 'planned') throw new Error(`nothing to write at ${clock().toISOString()}: ${plan.kind}`);
  for (const [path, text] of plan.files) files.set(path, text.toString());
}
