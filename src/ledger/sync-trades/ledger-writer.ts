import { ARTIFACTS_ROOT } from '../../../parsers/artifact.js';
import { statePath } from '../../../parsers/paths.js';
import { decodeArtifact } from '../../../parsers/text.js';
import type { ArtifactCommit, CommitBase } from '../../git/commit.js';
import { withHeadTree } from '../../git/read-head.js';
import type { RowChunk, UpstreamMark } from '../../sources/moha/bot-trade.js';
import { nowText } from '../input.js';
import { commitJob, type JobDependencies, type JobResult, requireArtifacts } from '../job.js';
import type { ChosenRows } from './choose-rows.js';
import { openDecisionBook } from './decision-book.js';
import type { LinkableDecision } from './decision-link.js';
import { gapIds } from './gaps.js';
import { contains, type IdSet, idsOf } from './id-ranges.js';
import { type LedgerIndex, readLedgerIndex } from './ledger-index.js';
import { LineBuffers } from './line-buffer.js';
import type { TradeSourceRules } from './map-bot-trade.js';
import { nextState, sameState } from './next-state.js';
import { type BatchPlan, filesOfPlan, planBatch } from './plan-batch.js';
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
  /** Sees each line, line end included, once it is committed, or with a dry run would be. */
  readonly onLine?: ((line: string) => void) | undefined;
}

/** Writes batch after batch into the ledger, each in one commit. */
export interface LedgerWriter {
  /** @param missing - null while more batches follow; with the last one, every id without a row, see `nextGaps`. */
  write(batch: readonly RowChunk[], missing: IdSet | null): Promise<void>;
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
 * Another process, or a run that was killed and whose commit has been completed only now, has moved the watermark.
 * What was read, and what is known to be new, followed from the one before: the run has to begin again.
 */
export class Overtaken extends Error {}

/**
 * Opens a writer for one run.
 *
 * Each batch is planned inside the commit's `build`, on the tree that becomes its parent. `write` throws
 * {@link Overtaken} where that tree has another watermark than the run stands on; the batches before it are committed.
 */
export function openLedgerWriter(
  dependencies: JobDependencies & {
    readonly config: { readonly moha: { readonly tradeSources: TradeSourceRules } };
  },
  options: WriterOptions,
  run: { readonly start: SyncStart; readonly chosen: ChosenRows; readonly mark: UpstreamMark },
  tally: SyncTally,
): LedgerWriter {
  const { start, chosen, mark } = run;
  const { linkWindowMinutes } = options;
  const lineBuffers = new LineBuffers();
  const decisionsRead = new Map<string, LinkableDecision | null>();
  let open: ReadonlySet<string> = new Set(chosen.mode === 'new' ? idsOf(start.state?.open ?? []) : []);
  const mayBeElsewhere = elsewhereTest(start);
  let index: Promise<LedgerIndex> | null = null;
  let epoch = start.state?.epoch ?? 1;
  let ledgerHighest: string | null = null;
  /** What git must say when the next batch is committed. */
  let standing = start;

  const requireStanding = async (base: CommitBase): Promise<void> => {
    if (!sameStart(standing, await readSyncStart(base))) throw new Overtaken();
    if (start.state !== null || start.ledgerEmpty || index !== null) return;
    index = readLedgerIndex(base);
    ledgerHighest = (await index).highest;
  };

  const planOn = async (base: CommitBase, batch: readonly RowChunk[]): Promise<BatchPlan> =>
    planBatch(batch, {
      base,
      epoch,
      rules: { recordedAt: nowText(dependencies.clock), linkWindowMinutes },
      tradeSources: dependencies.config.moha.tradeSources,
      decisions: openDecisionBook(base, linkWindowMinutes, decisionsRead),
      mayBeElsewhere,
      index: () => {
        index ??= readLedgerIndex(base);
        return index;
      },
      idsWentBack: start.state !== null && BigInt(mark.lastId ?? '0') < BigInt(start.state.lastId),
      noteOpen: mark.kind === 'view',
      lineBuffers,
    });

  const stateAfter = (plan: BatchPlan, missing: IdSet | null): SyncState => {
    const skipped = new Set([...tally.skippedIds, ...plan.skipped.map(({ id }) => id)]);
    return nextState({
      before: start.state,
      chosen,
      mark,
      epoch: plan.epoch,
      ledgerHighest,
      skipped,
      open: openAfter(open, plan),
      missing,
    });
  };

  /** Without a line there is nothing new, unless a state that could not be used can be mended. */
  const worthACommit = (plan: BatchPlan, state: SyncState, last: boolean): boolean => {
    if (plan.days.size > 0) return true;
    if (!last || (start.ledgerEmpty && tally.commits === 0)) return false;
    if (tally.commits === 0 && chosen.reason === null) return false;
    return start.state === null || !sameState(start.state, state);
  };

  return {
    epoch: () => epoch,
    async write(batch, missing) {
      const built: { plan: BatchPlan; state: SyncState }[] = [];
      const build = async (base: CommitBase): Promise<JobResult | null> => {
        await requireStanding(base);
        const plan = await planOn(base, batch);
        const state = stateAfter(plan, missing);
        built.push({ plan, state });
        if (!worthACommit(plan, state, missing !== null)) return null;
        const files = new Map<string, string | Buffer>(filesOfPlan(plan));
        files.set(STATE_PATH, formatSyncState(state, nowText(dependencies.clock)));
        const { counts } = plan;
        return { files, subject: subjectOf(counts), records: counts.new + counts.closed + counts.revised };
      };
      const commit = await carryOut(dependencies, options.dryRun, build);
      // The commit may have been built anew on another parent: the last plan is the one that counts.
      const last = built.at(-1);
      if (last === undefined) return;
      const { plan, state } = last;
      ({ epoch } = plan);
      tally.addPlan(plan);
      if (commit !== null) {
        tally.addCommit(commit);
        const ledgerEmpty = standing.ledgerEmpty && plan.days.size === 0;
        standing = { state, stateUnreadable: false, ledgerEmpty };
      }
      open = openAfter(open, plan);
      if (options.onLine !== undefined)
        for (const { lines } of plan.days.values()) eachLine(lines.bytes(), options.onLine);
      for (const { lines } of plan.days.values()) lineBuffers.giveBack(lines);
    },
  };
}

function sameStart(left: SyncStart, right: SyncStart): boolean {
  if (left.ledgerEmpty !== right.ledgerEmpty || left.stateUnreadable !== right.stateUnreadable) return false;
  if (left.state === null || right.state === null) return left.state === right.state;
  return sameState(left.state, right.state);
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

/**
 * An id above all that the ledger held is new, and so is one that was missing then: nothing else is sure. A row that
 * could not be used may have been a trade before.
 */
function elsewhereTest({ state, ledgerEmpty }: SyncStart): (id: string) => boolean {
  if (ledgerEmpty) return () => false;
  if (state === null) return () => true;
  const surelyNew = gapIds(state.gaps.filter(({ unsure }) => !unsure));
  const highest = BigInt(state.heldId ?? state.lastId);
  return (id) => BigInt(id) <= highest && !contains(surelyNew, id);
}

function eachLine(bytes: Buffer, see: (line: string) => void): void {
  for (const line of bytes.toString('utf8').split('\n').slice(0, -1)) see(`${line}\n`);
}

function openAfter(before: ReadonlySet<string>, { open }: BatchPlan): ReadonlySet<string> {
  if (open === null) return before;
  const after = new Set(before);
  for (const [id, isOpen] of open) {
    if (isOpen) after.add(id);
    else after.delete(id);
  }
  return after;
}

function subjectOf(counts: BatchPlan['counts']): string {
  const said = (['new', 'closed', 'revised'] as const)
    .filter((what) => counts[what] > 0)
    .map((what) => `${counts[what]} ${what}`);
  return `trades: ${said.length === 0 ? 'watermark' : said.join(', ')}`;
}
