import { artifactKind } from '../../../parsers/artifact.js';
import { compareDecimals, subtractDecimals } from '../../../parsers/decimal-arithmetic.js';
import type { FlowSum } from '../../../parsers/flow-book.js';
import {
  PNL_WINDOWS,
  type PnlWindow,
  parseSnapshot,
  type SnapshotRecord,
} from '../../../parsers/snapshot.js';
import { decodeArtifact } from '../../../parsers/text.js';
import { readBlobs } from '../../git/blobs.js';
import type { Repository } from '../../git/repository.js';
import type { ArtifactEntry } from '../../git/tree.js';
import { type ReportProgress, silentProgress } from '../../progress.js';
import type { DerivedFinding } from '../derived-finding.js';
import { type FlowsOfRevision, isInside, readFlowsOfRevision, type Stretch } from './flows-of-revision.js';
import { mayBeBaseline, type WindowPnl, windowPnlOf, windowSeconds } from './pnl.js';
import { lineOfField } from './snapshot-lines.js';

/** A snapshot as far as its numbers are counted again. */
export interface CheckedSnapshot
  extends Pick<
    SnapshotRecord,
    'source' | 'account' | 'snapshotAt' | 'recordedAt' | 'quality' | 'totalValueUsd' | 'pnl' | 'externalFlows'
  > {
  readonly path: string;
  readonly oid: string;
}

/** A number of a snapshot that does not follow. */
export interface SnapshotDifference {
  readonly snapshot: CheckedSnapshot;
  /** The part of the snapshot; `column` names the number in it as the file does. */
  readonly part: PnlWindow | 'external_flows';
  readonly column: string;
  /** What the part says when it is counted now; null = it is not to be written, since nobody can count it or explain it. */
  readonly now: WindowPnl | SnapshotRecord['externalFlows'] | null;
  readonly expected: string | null;
  readonly actual: string | null;
  /** Why, a clause. */
  readonly because: string;
  /** What to do, a sentence. */
  readonly mend: string;
}

export interface CheckDependencies {
  readonly repository: Repository;
  readonly progress?: ReportProgress;
}

const MENDS = {
  recount: 'maven-git recount writes the numbers that follow now, in one commit',
  correct: 'say how the flow counts with maven-git record flow-correction, then maven-git recount',
  restore: 'see what changed with git log -p; put the file back, or what it counts from',
} as const;

/**
 * Counts the P&L windows and external flows of every snapshot of a revision again, from snapshots and flow records of the
 * same revision, and tells each number that does not follow.
 *
 * Each window is counted from the baseline that the snapshot names, which must be one: what another clone had is no
 * fault of it. What a snapshot does not know (null, with its reason) is no finding, since it is no wrong number; nor is a
 * window over a month whose flow file cannot be read, which is a finding of its own.
 *
 * @param artifacts - every file of the revision, as `listArtifacts` gives them.
 * @returns in order of path, within a snapshot by window.
 * @throws {@link MavenError} OBJECT_NOT_FOUND, GIT_FAILED.
 */
export async function checkSnapshots(
  dependencies: CheckDependencies,
  artifacts: readonly ArtifactEntry[],
): Promise<readonly DerivedFinding[]> {
  const differences = await snapshotDifferences(dependencies, artifacts);
  const texts = new Map<string, string>();
  const concerned = new Map(differences.map(({ snapshot }) => [snapshot.path, snapshot]));
  for await (const { entry, bytes } of readBlobs(dependencies.repository, [...concerned.values()]))
    texts.set(entry.path, decodeArtifact(bytes, entry.path).text);
  return differences.map(({ snapshot, column, expected, actual, because, mend }): DerivedFinding => {
    const [says, follows] = [actual, expected].map((value) => (value === null ? 'nothing' : value));
    return {
      code: 'PNL_NOT_DERIVED',
      severity: 'error',
      path: snapshot.path,
      line: lineOfField(texts.get(snapshot.path) ?? '', column),
      key: `${snapshot.source}/${snapshot.account} at ${snapshot.snapshotAt}`,
      column,
      expected,
      actual,
      mend,
      message: `${column} says ${says}, ${follows} follows now: ${because}`,
    };
  });
}

/** As {@link checkSnapshots}, before it is put into words. */
export async function snapshotDifferences(
  dependencies: CheckDependencies,
  artifacts: readonly ArtifactEntry[],
): Promise<readonly SnapshotDifference[]> {
  const { snapshots, flows } = await readCheckedRevision(dependencies, artifacts);
  return [...snapshots.values()].flatMap((snapshot) => [
    ...PNL_WINDOWS.flatMap((window) => windowDifferences(window, snapshot, snapshots, flows)),
    ...flowDifferences(snapshot, flows),
  ]);
}

async function readCheckedRevision(
  { repository, progress = silentProgress }: CheckDependencies,
  artifacts: readonly ArtifactEntry[],
): Promise<{ readonly snapshots: ReadonlyMap<string, CheckedSnapshot>; readonly flows: FlowsOfRevision }> {
  const flows = await readFlowsOfRevision(repository, artifacts);
  const snapshots = new Map<string, CheckedSnapshot>();
  const entries = artifacts.filter(({ path }) => artifactKind(path) === 'snapshot');
  for await (const { entry, bytes } of readBlobs(repository, entries)) {
    const record = parseSnapshot(decodeArtifact(bytes, entry.path).text, entry.path).records[0]?.record;
    if (record !== undefined) snapshots.set(entry.path, checked(record, entry));
    progress({ phase: 'counting snapshots again', done: snapshots.size, total: entries.length });
  }
  return { snapshots, flows };
}

/** Positions and metadata of years of snapshots need not stay in memory. */
function checked(record: SnapshotRecord, { path, oid }: ArtifactEntry): CheckedSnapshot {
  const { source, account, snapshotAt, recordedAt, quality, totalValueUsd, pnl, externalFlows } = record;
  return { path, oid, source, account, snapshotAt, recordedAt, quality, totalValueUsd, pnl, externalFlows };
}

function windowDifferences(
  window: PnlWindow,
  snapshot: CheckedSnapshot,
  snapshots: ReadonlyMap<string, CheckedSnapshot>,
  flows: FlowsOfRevision,
): readonly SnapshotDifference[] {
  const { valueUsd, baseline: path, windowSeconds: seconds, reason } = snapshot.pnl[window];
  const differs = (
    field: string,
    expected: string | null,
    actual: string | null,
    why: Explanation,
  ): readonly SnapshotDifference[] => [
    { snapshot, part: window, column: `pnl.${window}.${field}`, expected, actual, now: null, ...why },
  ];
  const unfounded = (because: string): readonly SnapshotDifference[] =>
    differs('value_usd', null, valueUsd, { because, mend: MENDS.restore });
  if (valueUsd === null) return reason === null ? differs('reason', 'a reason', null, NO_REASON) : [];
  if (path === null) return unfounded('no baseline is named');
  const baseline = snapshots.get(path);
  if (baseline === undefined) return unfounded(`its baseline is not at this revision: ${path}`);
  if (snapshot.totalValueUsd === null) return unfounded('the total value is not known');
  if (!mayBeBaseline(window, snapshot, baseline) || baseline.totalValueUsd === null)
    return unfounded(`${path} is no baseline of this window`);
  const stretch = { from: baseline.snapshotAt, to: snapshot.snapshotAt };
  if (flows.faultBetween(stretch.from, stretch.to) !== null) return [];
  const grown = subtractDecimals(snapshot.totalValueUsd, baseline.totalValueUsd);
  const count = ({ netUsd }: FlowSum): string | null =>
    netUsd === null ? null : subtractDecimals(grown, netUsd);
  const book = flows.book(snapshot);
  const sum = book.between(stretch.from, stretch.to);
  const expected = count(sum);
  if (expected === null || compareDecimals(expected, valueUsd) !== 0) {
    const why = explain(snapshot, stretch, valueUsd, flows, { sum, count });
    const now =
      why.mend === MENDS.recount
        ? windowPnlOf(window, snapshot, { path, record: baseline }, book, null)
        : null;
    return differs('value_usd', expected, valueUsd, why).map((difference) => ({ ...difference, now }));
  }
  const length = String(windowSeconds(stretch.from, stretch.to));
  const said = seconds === null ? null : String(seconds);
  return said === length ? [] : differs('window_seconds', length, said, NOT_EXPLAINED);
}

type Explanation = Pick<SnapshotDifference, 'because' | 'mend'>;

const NO_REASON: Explanation = { because: 'no number, and nobody says why', mend: MENDS.restore };
const NOT_EXPLAINED: Explanation = {
  because: 'no flow that was told later explains it, the file or what it counts from was changed',
  mend: MENDS.restore,
};

function flowDifferences(snapshot: CheckedSnapshot, flows: FlowsOfRevision): readonly SnapshotDifference[] {
  const { netUsd, since, count } = snapshot.externalFlows;
  const stretch = { from: since, to: snapshot.snapshotAt };
  if (netUsd === null || flows.faultBetween(since, snapshot.snapshotAt) !== null) return [];
  const sum = flows.book(snapshot).between(since, snapshot.snapshotAt);
  const same = sum.netUsd !== null && compareDecimals(sum.netUsd, netUsd) === 0;
  if (same && sum.flows.length === count) return [];
  const why = explain(snapshot, stretch, netUsd, flows, { sum, count: ({ netUsd: net }) => net });
  const [expected, actual] = same ? [String(sum.flows.length), String(count)] : [sum.netUsd, netUsd];
  const now =
    why.mend === MENDS.recount && sum.netUsd !== null
      ? { netUsd: sum.netUsd, count: sum.flows.length, since }
      : null;
  const column = `external_flows.${same ? 'count' : 'net_usd'}`;
  return [{ snapshot, part: 'external_flows', column, expected, actual, now, ...why }];
}

interface Counting {
  /** As it is now. */
  readonly sum: FlowSum;
  /** What follows from a sum. */
  readonly count: (sum: FlowSum) => string | null;
}

/** Tells which lines of flows came after the snapshot was counted: without them its number is right. */
function explain(
  snapshot: CheckedSnapshot,
  stretch: Stretch,
  stated: string,
  flows: FlowsOfRevision,
  { sum, count }: Counting,
): Explanation {
  const state = flows.earlierState(snapshot, snapshot.recordedAt, stretch, (book) => {
    const counted = count(book.between(stretch.from, stretch.to));
    return counted !== null && compareDecimals(counted, stated) === 0;
  });
  const [first, ...others] = (state?.missing ?? []).filter((line) => isInside(line, stretch));
  if (first !== undefined) {
    const amount = first.amountUsd === null ? '' : ` of ${first.amountUsd} USD`;
    const more = others.length === 0 ? '' : `, and ${others.length} more`;
    const told = `recorded later: ${first.flowType.slice(0, 60)}${amount} at ${first.occurredAt}${more}`;
    return sum.netUsd === null
      ? { because: `${told}; ${sum.reason ?? 'it cannot be counted'}`, mend: MENDS.correct }
      : { because: told, mend: MENDS.recount };
  }
  return sum.reason === null ? NOT_EXPLAINED : { because: sum.reason, mend: MENDS.correct };
}
