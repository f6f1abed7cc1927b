import { elapsedSeconds, type PnlAnswer, type PnlWindowAnswer, type SnapshotEvidence } from '../../index.js';
import type { EvidenceBlock, Origin } from './evidence.js';

/** What of a snapshot the evidence of its P&L needs. */
type Told = Pick<SnapshotEvidence, 'artifact' | 'as_of' | 'quality'>;

/** Makes the block of a P&L over one window, with the snapshot that states it and the one that it was counted from. */
export function pnlEvidence(
  window: PnlWindowAnswer,
  snapshot: Told,
  definition: PnlAnswer['definition'],
  from: Origin,
  asked: string | Date,
): EvidenceBlock {
  const { baseline } = window;
  const paths = [snapshot.artifact, ...(baseline === null ? [] : [baseline.artifact])];
  const covered = window.covered === null ? '' : `; covers ${window.covered}`;
  const flows = window.flows_usd === null ? '' : `; leaves out external flows of ${window.flows_usd} USD`;
  const said =
    window.value === window.stated_value
      ? 'stated by the snapshot'
      : `counted again from snapshots and flow records; the snapshot states ${window.stated_value ?? 'none'}`;
  return {
    value: window.value,
    unit: window.unit,
    window: { label: window.window, from: baseline?.as_of ?? null, to: snapshot.as_of },
    n: paths.length,
    reason: window.reason,
    as_of: snapshot.as_of,
    age_seconds: elapsedSeconds(snapshot.as_of, asked),
    quality: snapshot.quality,
    interval: null,
    basis: { kind: 'snapshots', note: `${said}${covered}${flows}` },
    artifacts: { paths, count: paths.length },
    definition: { name: definition.name, version: definition.version },
    revision: from.revision,
    source: from.source,
    behind_by: from.behind_by,
  };
}
