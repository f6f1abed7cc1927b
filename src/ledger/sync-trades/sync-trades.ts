import type { Config } from '../../config.js';
import { preloadIsomorphicGit } from '../../git/isomorphic.js';
import { withHeadTree } from '../../git/read-head.js';
import type { ReportProgress } from '../../progress.js';
import type { Moha, MohaSnapshot, RowChunk } from '../../sources/moha/bot-trade.js';
import type { JobDependencies } from '../job.js';
import { plural } from '../plural.js';
import { type ChosenRows, chooseRows, type SyncMode } from './choose-rows.js';
import { findVanished } from './find-vanished.js';
import { type IdSet, idSet } from './id-ranges.js';
import {
  type LedgerWriter,
  Overtaken,
  openLedgerWriter,
  readSyncStart,
  STATE_PATH,
  type SyncStart,
  type WriterOptions,
} from './ledger-writer.js';
import { gapsFrom } from './next-state.js';
import { type SyncReport, SyncTally } from './sync-report.js';

export interface SyncDependencies extends JobDependencies {
  readonly config: Pick<Config, 'lockTimeoutMs' | 'moha'>;
  readonly moha: Moha;
  readonly progress: ReportProgress;
}

export interface SyncOptions extends WriterOptions {
  readonly mode: SyncMode;
}

/** One commit holds at most so many trades. */
const MOST_TRADES_A_COMMIT = 50_000;
/** A look at a small table is over before; a scan of a large one leaves time to load what a commit needs. */
const LONG_WAIT_MS = 20;
/** Gaps are remembered up to a number; beyond it, a late row under a lower id is found by a full run. */
const MOST_GAPS = 10_000;

/**
 * Brings MoHa's `bot_trades` into the trade ledger.
 *
 * One look at upstream, batch by batch; watermark, gaps and lines go into one commit. The watermark moves when the last
 * batch is in: a run that was killed before that is followed by one that reads the same rows again, finds them in the
 * ledger, and adds what is missing. So is a run that another one has overtaken. Nothing is ever edited: what changed
 * upstream becomes a revision, what vanished there a warning.
 *
 * @throws {@link MavenError} UPSTREAM_*, ARTIFACTS_NOT_FOUND, and what a commit throws. Batches committed before the
 *   fault stand.
 */
export async function syncTrades(dependencies: SyncDependencies, options: SyncOptions): Promise<SyncReport> {
  const tally = new SyncTally(dependencies.notice);
  for (;;) {
    try {
      return await syncOnce(dependencies, options, tally);
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
      // Whoever overtook this run has committed, so this ends.
      dependencies.notice('another sync has committed meanwhile: begun again from where it ended');
      tally.beginAgain();
    }
  }
}

async function syncOnce(
  dependencies: SyncDependencies,
  options: SyncOptions,
  tally: SyncTally,
): Promise<SyncReport> {
  const start = await withHeadTree(dependencies.repository, readSyncStart);
  return dependencies.moha.withSnapshot(async (snapshot) => {
    const chosen = chooseRows(options.mode, start.state, snapshot.mark);
    if (start.stateUnreadable) tally.warn(`${STATE_PATH} cannot be read: every row is compared`);
    else if (chosen.reason !== null && start.state !== null)
      tally.warn(`${chosen.reason}: every row is compared`);
    for (const warning of snapshot.warnings) tally.warn(warning);
    const run = { start, chosen, mark: snapshot.mark };
    const writer = openLedgerWriter(dependencies, options, run, tally);
    const rest = await writeFullBatches(dependencies, snapshot, chosen, writer, tally);
    await writer.write(rest, await missingIds(snapshot, start, chosen));
    const vanished =
      chosen.mode === 'new'
        ? null
        : start.ledgerEmpty
          ? 0
          : await warnOfVanished(dependencies, snapshot, writer.epoch(), tally);
    return tally.report({ chosen, dryRun: options.dryRun, vanished });
  });
}

/** @returns the rows of the last batch, which may be none. */
async function writeFullBatches(
  { progress }: SyncDependencies,
  snapshot: MohaSnapshot,
  chosen: ChosenRows,
  writer: LedgerWriter,
  tally: SyncTally,
): Promise<readonly RowChunk[]> {
  const total = chosen.mode === 'full' ? await snapshot.estimate() : 0;
  let batch: RowChunk[] = [];
  let rows = 0;
  const waiting = setTimeout(preloadIsomorphicGit, LONG_WAIT_MS);
  try {
    for await (const chunk of snapshot.rows(chosen.selection)) {
      clearTimeout(waiting);
      if (rows + chunk.length > MOST_TRADES_A_COMMIT) {
        await writer.write(batch, null);
        batch = [];
        rows = 0;
      }
      batch.push(chunk);
      rows += chunk.length;
      tally.read += chunk.length;
      progress({ phase: 'reading bot_trades', done: tally.read, total: Math.max(total, tally.read) });
    }
  } finally {
    clearTimeout(waiting);
  }
  return batch;
}

async function missingIds(snapshot: MohaSnapshot, start: SyncStart, chosen: ChosenRows): Promise<IdSet> {
  return idSet(await snapshot.gaps(gapsFrom(start.state, chosen), MOST_GAPS));
}

async function warnOfVanished(
  { repository }: SyncDependencies,
  snapshot: MohaSnapshot,
  epoch: number,
  tally: SyncTally,
): Promise<number> {
  const { count, ids, earlier } = await withHeadTree(repository, (base) =>
    findVanished(base, snapshot, epoch),
  );
  if (count > 0) {
    const more = count > ids.length ? ` and ${count - ids.length} more` : '';
    tally.warn(
      `${plural(count, 'trade')} of the ledger without a row upstream any more, kept: ${ids.join(', ')}${more}`,
    );
  }
  if (earlier.count > 0) {
    const open = earlier.open === 0 ? '' : `; ${earlier.open} stand open until a correction ends them`;
    tally.warn(
      `${plural(earlier.count, 'trade')} of before upstream gave ids out again, kept and not looked for there${open}`,
    );
  }
  return count;
}
