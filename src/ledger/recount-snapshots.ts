import { mergeJson } from '../../parsers/merge-json.js';
import { formatSnapshot, parseSnapshot, type SnapshotRecord } from '../../parsers/snapshot.js';
import { decodeArtifact } from '../../parsers/text.js';
import { MavenError } from '../errors.js';
import { readBlobs } from '../git/blobs.js';
import type { ArtifactCommit } from '../git/commit.js';
import { headCommit } from '../git/read-head.js';
import { resolveRevision } from '../git/revision.js';
import { listArtifacts } from '../git/tree.js';
import type { ReportProgress } from '../progress.js';
import { formatProven } from './input.js';
import { commitJob, type JobDependencies, requireArtifacts } from './job.js';
import {
  type SnapshotDifference,
  snapshotDifferences,
  type UncheckedSnapshots,
  uncheckedSnapshots,
} from './snapshot/check-snapshots.js';

export interface RecountDependencies extends JobDependencies {
  readonly progress: ReportProgress;
}

/** What was counted again. */
export interface RecountReport {
  /** Paths of the snapshots that were written anew. */
  readonly snapshots: readonly string[];
  /** Numbers in them that changed, by what the files say and what follows now. */
  readonly changes: readonly RecountChange[];
  /** Numbers that do not follow and were left: nobody can count them now, or no flow explains them; each with what to do. */
  readonly left: readonly RecountChange[];
  /** Snapshots that could not be counted again, so that nobody knows whether they follow; by cause. */
  readonly unchecked: readonly UncheckedSnapshots[];
  /** Null = nothing was to be written, or a dry run. */
  readonly commit: ArtifactCommit | null;
}

export interface RecountChange {
  readonly path: string;
  readonly column: string;
  readonly old: string | null;
  readonly new: string | null;
  readonly because: string;
  readonly mend: string;
}

const MOST_ATTEMPTS = 4;

/**
 * Writes snapshots anew whose P&L or external flows no longer follow from snapshots and flows: after a flow that came
 * late, or a correction of one. What they said before stays in git's history.
 *
 * Nothing but those numbers changes, so that two clones that recount write the same bytes. Left as it is: a number that
 * nobody can count now, since once it is null nobody would know any more what it was counted from; and one that no flow
 * explains, since what somebody has edited must not be made to look right.
 *
 * @throws {@link MavenError} ARTIFACTS_NOT_FOUND, COMMIT_CONFLICT when HEAD moved each time, what a commit throws.
 */
export async function recountSnapshots(
  dependencies: RecountDependencies,
  options: { readonly dryRun: boolean },
): Promise<RecountReport> {
  const { repository } = dependencies;
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    const head = await resolveRevision(repository);
    const plan = await planRecount(dependencies, head?.artifactsTree ?? null);
    if (options.dryRun) return { ...plan.report, commit: null };
    // Counted without the lock, which others may wait for: HEAD must still be what was counted.
    let moved = false;
    const commit = await commitJob(dependencies, 'recount', async (base) => {
      await requireArtifacts(base);
      moved = headCommit(repository) !== (head?.commit ?? null);
      if (moved || plan.files.size === 0) return null;
      return {
        files: plan.files,
        subject: `recount: ${plan.report.changes.length} numbers of ${plan.files.size} snapshots`,
        records: plan.files.size,
      };
    });
    if (!moved) return { ...plan.report, commit };
  }
  throw new MavenError('COMMIT_CONFLICT', `HEAD moved each of ${MOST_ATTEMPTS} times while counting`, {
    hint: 'run maven-git recount again when fewer programs commit',
    data: {},
  });
}

interface RecountPlan {
  readonly files: ReadonlyMap<string, string>;
  readonly report: Omit<RecountReport, 'commit'>;
}

async function planRecount(
  dependencies: RecountDependencies,
  artifactsTree: string | null,
): Promise<RecountPlan> {
  const { repository } = dependencies;
  const artifacts = artifactsTree === null ? [] : await listArtifacts(repository, artifactsTree);
  const differences = await snapshotDifferences(dependencies, artifacts);
  const countable = differences.filter(({ now }) => now !== null);
  const concerned = new Map(countable.map(({ snapshot }) => [snapshot.path, snapshot]));
  const byPath = new Map<string, SnapshotDifference[]>([...concerned.keys()].map((path) => [path, []]));
  for (const difference of countable) byPath.get(difference.snapshot.path)?.push(difference);
  const files = new Map<string, string>();
  for await (const { entry, bytes } of readBlobs(repository, [...concerned.values()])) {
    const { path } = entry;
    const record = parseSnapshot(decodeArtifact(bytes, path).text, path).records[0]?.record;
    if (record === undefined) continue;
    const anew = (byPath.get(path) ?? []).reduce(counted, record);
    files.set(path, formatProven('snapshot', anew, path, formatSnapshot, parseSnapshot));
  }
  const left = differences.filter(({ now, kind }) => now === null && kind !== 'unchecked');
  return {
    files,
    report: {
      snapshots: [...files.keys()],
      changes: countable.map(changeOf),
      left: left.map(changeOf),
      unchecked: uncheckedSnapshots(differences),
    },
  };
}

function changeOf({ snapshot, column, actual, expected, because, mend }: SnapshotDifference): RecountChange {
  return { path: snapshot.path, column, old: actual, new: expected, because, mend };
}

function counted(record: SnapshotRecord, { part, now }: SnapshotDifference): SnapshotRecord {
  if (now === null) return record;
  if (part === 'external_flows') return 'pnl' in now ? record : { ...record, externalFlows: now };
  if (!('pnl' in now)) return record;
  const patch = JSON.stringify({ pnl_pct: { [part]: now.pct } });
  return {
    ...record,
    pnl: { ...record.pnl, [part]: now.pnl },
    metadata: record.metadata === null ? null : mergeJson(record.metadata, patch),
  };
}
