import type { FlowRecord } from '../../../parsers/flows.js';
import type { PnlWindow, SnapshotRecord } from '../../../parsers/snapshot.js';
import type { ArtifactCommit } from '../../git/commit.js';
import type { CrossCheck } from './cross-check.js';
import type { WindowPnl } from './pnl.js';
import type { Slot } from './slots.js';

/** What a run did: wrote a snapshot, would have written it (dry run), or found that its slot has one. */
export type SnapshotReport = WrittenSnapshot | SlotTaken;

export interface WrittenSnapshot {
  readonly outcome: 'written' | 'dry_run';
  readonly path: string;
  readonly record: SnapshotRecord;
  /** The file as it stands in git. */
  readonly text: string;
  /** Returns in percent, Modified Dietz. */
  readonly pct: Readonly<Record<PnlWindow, WindowPnl['pct']>>;
  readonly checks: readonly CrossCheck[];
  /** Flows that were not in git before. */
  readonly newFlows: readonly FlowRecord[];
  readonly warnings: readonly string[];
  /** Null with a dry run. */
  readonly commit: ArtifactCommit | null;
}

export interface SlotTaken {
  readonly outcome: 'slot_taken';
  /** The snapshot that serves the slot; where it is partial, the next run that reads everything adds a complete one. */
  readonly path: string;
  readonly quality: SnapshotRecord['quality'];
  readonly slot: Slot;
  readonly warnings: readonly string[];
  readonly commit: null;
}
