import { statePath } from '../../../parsers/paths.js';
import { formatSnapshotState } from '../../../src/ledger/snapshot/snapshot-state.js';
import { idSet } from '../../../src/ledger/sync-trades/id-ranges.js';
import { formatSyncState, MOHA } from '../../../src/ledger/sync-trades/sync-state.js';
import { ACCOUNT } from './account.js';
import { type Instant, timeText } from './instant.js';
import type { Shot } from './snapshots.js';
import { externalId, type Trade } from './trades.js';

/** Watermarks of the two upstreams, as the jobs left them behind. */
export function stateFiles(
  end: Instant,
  trades: readonly Trade[],
  shots: readonly Shot[],
): ReadonlyMap<string, string> {
  const last = shots.findLast(({ complete }) => complete);
  const lastTrade = trades.at(-1);
  if (last === undefined || lastTrade === undefined) throw new Error('a history has trades and snapshots');
  const firstComplete = shots.find(({ complete }) => complete)?.path ?? null;
  const progress = { flowsUntil: last.record.snapshotAt, firstComplete, snapshotsBefore: null, priced: [] };
  const accounts = new Map([[ACCOUNT.account, progress]]);
  const sync = {
    epoch: 1,
    lastId: externalId(lastTrade),
    heldId: null,
    horizon: '884213',
    upstream: { system: '7571203348120903741', timeline: '1', database: '16384', table: '16402' },
    gaps: [],
    skipped: idSet([]),
    open: null,
  };
  return new Map([
    [statePath(MOHA), formatSyncState(sync, timeText(end))],
    [statePath(ACCOUNT.source), formatSnapshotState(ACCOUNT.source, accounts, last.record.recordedAt)],
  ]);
}
