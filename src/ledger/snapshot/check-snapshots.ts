import { artifactKind } from '../../../parsers/artifact.js';
import { compareDecimals, subtractDecimals } from '../../../parsers/decimal-arithmetic.js';
import { type DifferenceCause, EDITED, explainDifference } from '../../../parsers/explain-difference.js';
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
import { plural } from '../plural.js';
import { type FlowsOfRevision, readFlowsOfRevision } from './flows-of-revision.js';
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

/** A number of a snapshot that does not follow, or of which nobody can tell. */
export interface SnapshotDifference {
  readonly snapshot: CheckedSnapshot;
  /**
   * `stale`: it followed once, a flow that was recorded later has overtaken it, and a recount mends it. `wrong`: it does not
   * follow. `unchecked`: it could not be counted again.
   */
  readonly kind: 'stale' | 'wrong' | 'unchecked';
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
  readable:
    'maven-git verify --artifacts-only names the line: put the file right, git log -p shows what it said',
  restore: 'see what changed with git log -p; put the file back, or what it counts from',
} as const;

/**
 * Counts the P&L windows and external flows of every snapshot of a revision again, from snapshots and flow records of the
 * same revision, and tells each number that does not follow.
 *
 * Each window is counted from the baseline that the snapshot names, which must be one: what another clone had is no
 * fault of it. What a snapshot does not know (null, with its reason) is no finding, since it is no wrong number. Over a
 * month whose flow file cannot be read nothing can be counted: one finding for each such file, with how many snapshots.
 *
 * `PNL_STALE` is a warning, what a late or corrected flow does until somebody recounts; `PNL_NOT_DERIVED` and
 * `PNL_NOT_CHECKED` are errors.
 *
 * @param artifacts - every file of the revision, as `listArtifacts` gives them.
 * @returns in order of path, within a snapshot by window.
 * @throws {@link MavenError} OBJECT_NOT_FOUND, GIT_FAILED.
 */
export async function checkSnapshots(
  dependencies: CheckDependencies,
  artifacts: readonly ArtifactEntry[],
): Promise<readonly DerivedFinding[]> {
  const found = await snapshotDifferences(dependencies, artifacts);
  const differences = found.filter(({ kind }) => kind !== 'unchecked');
  const texts = new Map<string, string>();
  const concerned = new Map(differences.map(({ snapshot }) => [snapshot.path, snapshot]));
  for await (const { entry, bytes } of readBlobs(dependencies.repository, [...concerned.values()]))
    texts.set(entry.path, decodeArtifact(bytes, entry.path).text);
  const differing = differences.map((difference): DerivedFinding => {
    const { snapshot, kind, column, expected, actual, because, mend } = difference;
    const [says, follows] = [actual, expected].map((value) => (value === null ? 'nothing' : value));
    return {
      ...(kind === 'stale'
        ? { code: 'PNL_STALE', severity: 'warning' }
        : { code: 'PNL_NOT_DERIVED', severity: 'error' }),
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
  return [...differing, ...uncheckedSnapshots(found).map(uncheckedFinding)];
}

/** Snapshots that could not be counted again, for one cause. */
export interface UncheckedSnapshots {
  /** A clause. */
  readonly because: string;
  readonly mend: string;
  /** Paths, in their order; never empty. */
  readonly snapshots: readonly string[];
}

/** Puts together what could not be counted again, by cause. */
export function uncheckedSnapshots(
  differences: readonly SnapshotDifference[],
): readonly UncheckedSnapshots[] {
  const causes = new Map<string, { readonly mend: string; readonly snapshots: Set<string> }>();
  for (const { kind, because, mend, snapshot } of differences) {
    if (kind !== 'unchecked') continue;
    const cause = causes.get(because) ?? { mend, snapshots: new Set<string>() };
    cause.snapshots.add(snapshot.path);
    causes.set(because, cause);
  }
  return [...causes].map(([because, { mend, snapshots }]) => ({ because, mend, snapshots: [...snapshots] }));
}

function uncheckedFinding({ because, mend, snapshots }: UncheckedSnapshots): DerivedFinding {
  const many = plural(snapshots.length, 'snapshot');
  return {
    code: 'PNL_NOT_CHECKED',
    severity: 'error',
    path: snapshots[0] ?? '',
    line: null,
    key: many,
    column: null,
    expected: null,
    actual: null,
    mend,
    message: `${many} could not be counted again, this is the first: ${because}`,
  };
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
    differs('value_usd', null, valueUsd, { kind: 'wrong', because, mend: MENDS.restore });
  if (valueUsd === null) return reason === null ? differs('reason', 'a reason', null, NO_REASON) : [];
  if (path === null) return unfounded('no baseline is named');
  const baseline = snapshots.get(path);
  if (baseline === undefined) return unfounded(`its baseline is not at this revision: ${path}`);
  if (snapshot.totalValueUsd === null) return unfounded('the total value is not known');
  if (!mayBeBaseline(window, snapshot, baseline) || baseline.totalValueUsd === null)
    return unfounded(`${path} is no baseline of this window`);
  const stretch = { from: baseline.snapshotAt, to: snapshot.snapshotAt };
  const fault = flows.faultBetween(stretch.from, stretch.to);
  if (fault !== null) return differs('value_usd', null, valueUsd, notReadable(fault));
  const grown = subtractDecimals(snapshot.totalValueUsd, baseline.totalValueUsd);
  const count = ({ netUsd }: FlowSum): string | null =>
    netUsd === null ? null : subtractDecimals(grown, netUsd);
  const states = flows.of(snapshot);
  const { book } = states;
  const sum = book.between(stretch.from, stretch.to);
  const expected = count(sum);
  if (expected === null || compareDecimals(expected, valueUsd) !== 0) {
    const stated = { stated: valueUsd, recordedUntil: snapshot.recordedAt, stretch, sum, count };
    const why = explanationOf(explainDifference(states, stated));
    const now =
      why.kind === 'stale' ? windowPnlOf(window, snapshot, { path, record: baseline }, book, null) : null;
    return differs('value_usd', expected, valueUsd, why).map((difference) => ({ ...difference, now }));
  }
  const length = String(windowSeconds(stretch.from, stretch.to));
  const said = seconds === null ? null : String(seconds);
  return said === length ? [] : differs('window_seconds', length, said, explanationOf(EDITED));
}

type Explanation = Pick<SnapshotDifference, 'kind' | 'because' | 'mend'>;

const NO_REASON: Explanation = {
  kind: 'wrong',
  because: 'no number, and nobody says why',
  mend: MENDS.restore,
};

/** What a file that is not readable as a whole leaves unknown may be the deposit that makes a profit. */
function notReadable(fault: string): Explanation {
  return { kind: 'unchecked', because: fault, mend: MENDS.readable };
}

function flowDifferences(snapshot: CheckedSnapshot, flows: FlowsOfRevision): readonly SnapshotDifference[] {
  const { netUsd, since, count } = snapshot.externalFlows;
  if (netUsd === null) return [];
  const differs = (
    field: string,
    expected: string | null,
    actual: string | null,
    why: Explanation,
    now: SnapshotRecord['externalFlows'] | null = null,
  ): readonly SnapshotDifference[] => [
    { snapshot, part: 'external_flows', column: `external_flows.${field}`, expected, actual, now, ...why },
  ];
  const fault = flows.faultBetween(since, snapshot.snapshotAt);
  if (fault !== null) return differs('net_usd', null, netUsd, notReadable(fault));
  const states = flows.of(snapshot);
  const sum = states.book.between(since, snapshot.snapshotAt);
  const same = sum.netUsd !== null && compareDecimals(sum.netUsd, netUsd) === 0;
  if (same && sum.flows.length === count) return [];
  const why = explanationOf(
    explainDifference(states, {
      stated: netUsd,
      recordedUntil: snapshot.recordedAt,
      stretch: { from: since, to: snapshot.snapshotAt },
      sum,
      count: ({ netUsd: net }) => net,
    }),
  );
  const [expected, actual] = same ? [String(sum.flows.length), String(count)] : [sum.netUsd, netUsd];
  const now =
    why.kind === 'stale' && sum.netUsd !== null
      ? { netUsd: sum.netUsd, count: sum.flows.length, since }
      : null;
  return differs(same ? 'count' : 'net_usd', expected, actual, why, now);
}

const KINDS = { late: 'stale', uncountable: 'wrong', edited: 'wrong' } as const;
const MEND_OF = { late: MENDS.recount, uncountable: MENDS.correct, edited: MENDS.restore } as const;

function explanationOf({ cause, because }: DifferenceCause): Explanation {
  return { kind: KINDS[cause], because, mend: MEND_OF[cause] };
}
