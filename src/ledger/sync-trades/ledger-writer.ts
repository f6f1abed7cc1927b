import { ARTIFACTS_ROOT } from '../../../parsers/artifact.js';
import { statePath } from '../../../parsers/paths.js';
import { decodeArtifact } from '../../../parsers/text.js';
import type { ArtifactCommit, CommitBase } from '../../git/commit.js';
import { withHeadTree } from '../../git/read-head.js';
import type { UpstreamMark } from '../../sources/moha/bot-trade.js';
import { nowText } from '../input.js';
import { commitJob, type JobDependencies, type JobResult, requireArtifacts } from '../job.js';
import type { ChosenRows } from './choose-rows.js';
import { type DecisionIndex, indexDecisions, type LinkableDecision } from './decision-link.js';
import { gapIds } from './gaps.js';
import { contains, type IdSet, idSet, idsOf, rangesOf } from './id-ranges.js';
import { type LedgerIndex, readLedgerIndex } from './ledger-index.js';
import type { MappedTrade } from './map-bot-trade.js';
import { nextState, sameState } from './next-state.js';
import { type BatchPlan, filesOfPlan, type PlannedLine, planBatch } from './plan-batch.js';
import { readDecisions } from './read-decisions.js';
import type { SyncTally } from './sync-report.js';
import { formatSyncState, MOHA, readSyncState, type SyncState } from './sync-state.js';

/** Where the sync keeps how far it has come. */
export const STATE_PATH = statePath(MOHA);

/** What git says when a run begins. */
export interface SyncStart {
  readonly state: SyncState | null;
  /** The state file is there and cannot be used. */
  readonly stateUnreadable: boolean;
  readonly ledgerEmpty: boolean;
}

export interface WriterOptions {
  /** Plan everything, write nothing. */
  readonly dryRun: boolean;
  /** Longest time from a decision to a trade that carries it out. */
  readonly linkWindowMinutes: number;
  /** Sees each line once it is committed, or with a dry run would be. */
  readonly onLine?: ((line: PlannedLine) => void) | undefined;
}

/** Writes batch after batch into the ledger, each in one commit. */
export interface LedgerWriter {
  /** @param missing - null while more batches follow; with the last one, every id without a row, see `nextGaps`. */
  write(batch: readonly MappedTrade[], missing: IdSet | null): Promise<void>;
  /** Of the run so far. */
  epoch(): number;
}

/** Reads where the sync stands. @throws {@link MavenError} ARTIFACTS_NOT_FOUND. */
export async function readSyncStart(base: CommitBase): Promise<SyncStart> {
  await requireArtifacts(base);
  const bytes = await base.read(STATE_PATH);
  const state = bytes === null ? null : readSyncState(decodeArtifact(bytes, STATE_PATH).text, STATE_PATH);
  const files = await base.list(`${ARTIFACTS_ROOT}/trades`);
  return { state, stateUnreadable: bytes !== null && state === null, ledgerEmpty: files.length === 0 };
}

/**
 * Opens a writer for one run.
 *
 * Each batch is planned inside the commit's `build`, on the tree that becomes its parent: what another process, or a run
 * that was killed, has put there meanwhile is found there and not written again.
 */
export function openLedgerWriter(
  dependencies: JobDependencies,
  options: WriterOptions,
  run: { readonly start: SyncStart; readonly chosen: ChosenRows; readonly mark: UpstreamMark },
  tally: SyncTally,
): LedgerWriter {
  const { start, chosen, mark } = run;
  const { linkWindowMinutes } = options;
  const decisionsRead = new Map<string, LinkableDecision | null>();
  const open = new Set(chosen.mode === 'new' ? idsOf(start.state?.open ?? []) : []);
  const mayBeElsewhere = elsewhereTest(start);
  let index: Promise<LedgerIndex> | null = null;
  let epoch = start.state?.epoch ?? 1;

  const planOn = async (base: CommitBase, batch: readonly MappedTrade[]): Promise<BatchPlan> =>
    planBatch(batch, {
      base,
      epoch,
      rules: { recordedAt: nowText(dependencies.clock), linkWindowMinutes },
      decisions: await decisionsFor(base, batch, linkWindowMinutes, decisionsRead),
      mayBeElsewhere,
      index: () => {
        index ??= readLedgerIndex(base);
        return index;
      },
    });

  const stateAfter = (plan: BatchPlan, missing: IdSet | null): SyncState => {
    const skipped = new Set([...tally.skippedIds, ...plan.skipped.map(({ id }) => id)]);
    return nextState({ before: start.state, chosen, mark, epoch: plan.epoch, skipped, open, missing });
  };

  /** Without a line there is nothing new, unless a state that could not be used can be mended. */
  const worthACommit = (plan: BatchPlan, state: SyncState, last: boolean): boolean => {
    if (plan.lines.length > 0) return true;
    if (!last || (start.ledgerEmpty && tally.commits === 0)) return false;
    if (tally.commits === 0 && chosen.reason === null) return false;
    return start.state === null || !sameState(start.state, state);
  };

  return {
    epoch: () => epoch,
    async write(batch, missing) {
      noteOpen(open, batch);
      const plans: BatchPlan[] = [];
      const build = async (base: CommitBase): Promise<JobResult | null> => {
        const plan = await planOn(base, batch);
        plans.push(plan);
        const state = stateAfter(plan, missing);
        if (!worthACommit(plan, state, missing !== null)) return null;
        const files = new Map(await filesOfPlan(base, plan.lines));
        files.set(STATE_PATH, formatSyncState(state, nowText(dependencies.clock)));
        return { files, subject: subjectOf(plan), records: plan.lines.length };
      };
      const commit = await carryOut(dependencies, options.dryRun, build);
      // The commit may have been built anew on another parent: the last plan is the one that counts.
      const plan = plans.at(-1);
      if (plan === undefined) return;
      ({ epoch } = plan);
      tally.addPlan(plan);
      if (commit !== null) tally.addCommit(commit);
      for (const line of plan.lines) options.onLine?.(line);
    },
  };
}

async function carryOut(
  dependencies: JobDependencies,
  dryRun: boolean,
  build: (base: CommitBase) => Promise<JobResult | null>,
): Promise<ArtifactCommit | null> {
  if (!dryRun) return commitJob(dependencies, 'sync trades', build);
  await withHeadTree(dependencies.repository, build);
  return null;
}

async function decisionsFor(
  base: CommitBase,
  batch: readonly MappedTrade[],
  windowMinutes: number,
  known: Map<string, LinkableDecision | null>,
): Promise<DecisionIndex> {
  const times = batch.map(({ openedAt }) => openedAt);
  const [first] = times;
  if (first === undefined) return new Map();
  const earliest = times.reduce((a, b) => (a < b ? a : b), first);
  const latest = times.reduce((a, b) => (a > b ? a : b), first);
  return indexDecisions(await readDecisions(base, earliest, latest, windowMinutes, known));
}

/** An id above the watermark is new, and so is one that was missing or could not be used: nothing else is sure. */
function elsewhereTest({ state, ledgerEmpty }: SyncStart): (id: string) => boolean {
  if (ledgerEmpty) return () => false;
  if (state === null) return () => true;
  const surelyNew = idSet([...rangesOf(gapIds(state.gaps)), ...rangesOf(state.skipped)]);
  const lastId = BigInt(state.lastId);
  return (id) => BigInt(id) <= lastId && !contains(surelyNew, id);
}

function noteOpen(open: Set<string>, batch: readonly MappedTrade[]): void {
  for (const { externalTradeId, status } of batch) {
    if (status === 'open') open.add(externalTradeId);
    else open.delete(externalTradeId);
  }
}

function subjectOf({ lines }: BatchPlan): string {
  const fresh = lines.filter(({ before }) => before === null).length;
  const closed = lines.filter(
    ({ before, revision }) => before?.status === 'open' && revision.status !== 'open',
  ).length;
  const counts = [
    [fresh, 'new'],
    [closed, 'closed'],
    [lines.length - fresh - closed, 'revised'],
  ] as const;
  const said = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return `trades: ${said.length === 0 ? 'watermark' : said.join(', ')}`;
}
