import type { SnapshotType } from '../../parsers/snapshot.js';
import { MavenError } from '../errors.js';
import type { ArtifactCommit } from '../git/commit.js';
import { withHeadTree } from '../git/read-head.js';
import { momentOfTime, timeOfMoment } from '../sources/hyperliquid/moments.js';
import type { Hyperliquid } from '../sources/hyperliquid/open-hyperliquid.js';
import { nowText } from './input.js';
import { commitJob, type JobDependencies, type JobResult, requireArtifacts } from './job.js';
import { plural } from './plural.js';
import { type PlanRefusal, planSnapshot, type SnapshotPlan } from './snapshot/plan-snapshot.js';
import { type AccountMoment, readMoment } from './snapshot/read-moment.js';
import { type Slot, slotOf } from './snapshot/slots.js';
import { openSnapshotFiles } from './snapshot/snapshot-files.js';
import type { SlotTaken, SnapshotReport } from './snapshot/snapshot-report.js';
import { readSnapshotState } from './snapshot/snapshot-state.js';
import { sourceOfApi } from './snapshot/source-name.js';
import { type SlotSnapshot, takenSlot } from './snapshot/taken-slot.js';

export interface SnapshotDependencies extends JobDependencies {
  /** The account, asked anew each time; its role alone may be remembered. */
  readonly fresh: Hyperliquid;
  /** The same account; answers may be as old as {@link cachedMs}. */
  readonly cached: Hyperliquid;
  readonly cachedMs: number;
  readonly sleep: (ms: number) => Promise<void>;
}

export interface SnapshotOptions {
  readonly type: SnapshotType;
  /** Length of a slot of scheduled snapshots: whole seconds, 1 to a day. */
  readonly intervalSeconds: number;
  /** Read and count, write nothing. */
  readonly dryRun: boolean;
}

/** Flows are asked for from so much before the watermark, in case the exchange tells one late. */
const OVERLAP_MS = 86_400_000;
/** Readings of the account in one run, at most. */
const MOST_READINGS = 4;
/** Clocks this far apart are waited for at the edge of a slot; further apart, the exchange's clock alone counts. */
const LONGEST_WAIT_MS = 60_000;
const STRANGE_CLOCK_MS = 120_000;
/** No exchange is this far ahead: the answer is wrong, and a snapshot of the future would be the newest for ever. */
const FUTURE_MS = 86_400_000;

/**
 * Takes a snapshot of the account: flows, snapshot and state in one commit.
 *
 * A scheduled snapshot is one a slot of the exchange's clock: where the slot has a complete one, nothing is written, and
 * where our own clock says so too, nothing is even asked. A partial one is followed by a complete one, and by nothing less. It may use answers that are a minute old, since a slot is longer; the
 * other types, which are of a moment somebody cares about, read the account anew and always write.
 *
 * The account is read again (at most four times) when money moved while its parts were read, when the answers are of the
 * slot before, when git has come further meanwhile, or when the second has its snapshot already: nothing is overwritten.
 *
 * @throws {@link MavenError} UPSTREAM_* and CONFIG_INVALID (an agent wallet) with nothing written; ARTIFACTS_NOT_FOUND;
 *   COMMIT_CONFLICT when there was no free second; what a commit throws.
 */
export async function takeSnapshot(
  dependencies: SnapshotDependencies,
  options: SnapshotOptions,
): Promise<SnapshotReport> {
  const { repository, fresh, clock } = dependencies;
  const source = sourceOfApi(fresh.apiUrl);
  const asked = slotOf(clock().getTime() / 1000, options.intervalSeconds);
  let last: PlanRefusal | null = null;
  for (let reading = 1; reading <= MOST_READINGS; reading += 1) {
    const start = await withHeadTree(repository, async (base) => {
      await requireArtifacts(base);
      const key = { source, account: fresh.address };
      const slot = options.type === 'scheduled' && reading === 1 ? asked : null;
      const taken = slot === null ? null : await takenSlot(openSnapshotFiles(base), slot, key);
      return { taken, state: await readSnapshotState(base, source) };
    });
    if (start.taken?.quality.status === 'complete') return slotTaken(start.taken, asked, []);
    if (start.state.unreadable && reading === 1)
      dependencies.notice(
        `the state of ${source} cannot be read: flows are read from the account's beginning`,
      );
    const cachedMs = mayBeCached(options) && reading === 1 ? dependencies.cachedMs : 0;
    const until = start.state.accounts.get(fresh.address)?.flowsUntil ?? null;
    const moment = await readMoment(cachedMs > 0 ? dependencies.cached : fresh, {
      source,
      flowsFrom: until === null ? null : timeOfMoment(Math.max(0, momentOfTime(until) - OVERLAP_MS)),
      clock,
      recordedAt: () => nowText(clock),
      cachedMs,
    });
    refuseFuture(moment, clock());
    const again = whyAgain(moment, options, asked.startSeconds, cachedMs > 0);
    if (again !== null && reading < MOST_READINGS) {
      if (again.waitMs > 0) await dependencies.sleep(again.waitMs);
      continue;
    }
    const outcome = await carryOut(dependencies, options, moment);
    if (outcome.plan.kind === 'planned')
      return reportOf(outcome.plan, outcome.commit, options, moment, clock);
    if (outcome.plan.kind === 'slot_taken') {
      const { taken, slot, warnings } = outcome.plan;
      return slotTaken(taken, slot, warnings);
    }
    last = outcome.plan;
    // Within one second there is one snapshot; a moment later is another one.
    if (last.kind === 'second_taken' && reading < MOST_READINGS) await dependencies.sleep(1000);
  }
  throw exhausted(last);
}

function refuseFuture({ account }: AccountMoment, now: Date): void {
  if (momentOfTime(account.at) - now.getTime() <= FUTURE_MS) return;
  const message = `the exchange dates its answer ${account.at}, and here it is ${now.toISOString()}`;
  throw new MavenError('UPSTREAM_INVALID', message, {
    hint: 'see that the clock of this machine is right, then run this again; nothing was written',
    data: { exchange: account.at, here: now.toISOString() },
  });
}

function mayBeCached({ type, dryRun }: SnapshotOptions): boolean {
  return type === 'scheduled' || dryRun;
}

/**
 * Tells whether a moment is to be read again, and after how long.
 *
 * At the full hour two clocks rarely agree: where the exchange is still in the slot before, its next one is waited for.
 * Otherwise the slot that the run was started for would stay empty.
 */
function whyAgain(
  moment: AccountMoment,
  options: SnapshotOptions,
  slotStartSeconds: number,
  cached: boolean,
): { readonly waitMs: number } | null {
  const earlyMs = slotStartSeconds * 1000 - momentOfTime(moment.account.at);
  if (options.type === 'scheduled' && earlyMs > 0) {
    if (cached) return { waitMs: 0 };
    if (earlyMs <= LONGEST_WAIT_MS) return { waitMs: earlyMs };
  }
  return moment.unsettled ? { waitMs: 0 } : null;
}

async function carryOut(
  dependencies: SnapshotDependencies,
  options: SnapshotOptions,
  moment: AccountMoment,
): Promise<{ readonly plan: SnapshotPlan | PlanRefusal; readonly commit: ArtifactCommit | null }> {
  const { clock, repository } = dependencies;
  const planOptions = {
    type: options.type,
    intervalSeconds: options.intervalSeconds,
    recordedAt: nowText(clock),
  };
  if (options.dryRun) {
    const plan = await withHeadTree(repository, (base) => planSnapshot(base, moment, planOptions));
    return { plan, commit: null };
  }
  const plans: (SnapshotPlan | PlanRefusal)[] = [];
  const commit = await commitJob(dependencies, 'snapshot', async (base): Promise<JobResult | null> => {
    const plan = await planSnapshot(base, moment, planOptions);
    plans.push(plan);
    if (plan.kind !== 'planned') return null;
    return { files: plan.files, subject: subjectOf(plan), records: 1 + plan.newFlows.length };
  });
  // The commit may have been built anew on another parent: the last plan is the one that counts.
  const plan = plans.at(-1);
  if (plan === undefined) throw new Error('a commit ended without having been built');
  return { plan, commit };
}

function reportOf(
  plan: SnapshotPlan,
  commit: ArtifactCommit | null,
  options: SnapshotOptions,
  moment: AccountMoment,
  clock: () => Date,
): SnapshotReport {
  const { path, record, text, pct, checks, newFlows } = plan;
  const apartMs = clock().getTime() - momentOfTime(moment.account.at);
  const strange =
    Math.abs(apartMs) > STRANGE_CLOCK_MS
      ? [`the clock of this machine is ${Math.round(apartMs / 1000)} s ahead of the exchange's, which counts`]
      : [];
  return {
    outcome: options.dryRun ? 'dry_run' : 'written',
    path,
    record,
    text,
    pct,
    checks,
    newFlows,
    warnings: [...plan.warnings, ...strange],
    commit,
  };
}

function slotTaken({ path, quality }: SlotSnapshot, slot: Slot, warnings: readonly string[]): SlotTaken {
  return { outcome: 'slot_taken', path, quality, slot, warnings, commit: null };
}

function subjectOf({ record, newFlows }: SnapshotPlan): string {
  const value = record.totalValueUsd === null ? 'value not known' : `${record.totalValueUsd} USD`;
  const flows = newFlows.length === 0 ? '' : `, ${plural(newFlows.length, 'new flow')}`;
  const quality = record.quality.status === 'partial' ? ', partial' : '';
  return `snapshot: ${record.snapshotType} ${value}${flows}${quality}`;
}

function exhausted(last: PlanRefusal | null): MavenError {
  if (last?.kind === 'overtaken') {
    return new MavenError(
      'UPSTREAM_INVALID',
      `the exchange's clock is behind what git knows: flows are in git up to ${last.until}`,
      {
        hint: 'check HYPERLIQUID_API_URL; if a wrong clock was recorded, correct state/ and commit it',
        data: last,
      },
    );
  }
  if (last?.kind === 'rewound') {
    const message = `the branch went back while the account was read, ${MOST_READINGS} times: flows in between would be lost`;
    return new MavenError('COMMIT_CONFLICT', message, {
      hint: 'let nobody switch or reset the branch meanwhile, then run this again; nothing was written',
      data: last,
    });
  }
  return new MavenError('COMMIT_CONFLICT', `no free second for a snapshot in ${MOST_READINGS} readings`, {
    hint: 'try again when fewer programs take snapshots of this repository',
    data: { ...last },
  });
}
