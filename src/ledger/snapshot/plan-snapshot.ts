import { type FlowSum, flowBook } from '../../../parsers/flow-book.js';
import type { FlowRecord } from '../../../parsers/flows.js';
import { foldFlows } from '../../../parsers/fold-flows.js';
import { snapshotPath, statePath } from '../../../parsers/paths.js';
import {
  formatSnapshot,
  PNL_WINDOWS,
  type PnlWindow,
  parseSnapshot,
  type SnapshotRecord,
  type SnapshotType,
} from '../../../parsers/snapshot.js';
import type { CommitBase } from '../../git/commit.js';
import { formatProven } from '../input.js';
import { plural } from '../plural.js';
import { type CrossCheck, crossCheck } from './cross-check.js';
import { countBefore, type FoundBaselines, findBaselines, findFlowsTold } from './find-baselines.js';
import { type AddedFlows, type FlowFiles, openFlowFiles } from './flow-files.js';
import { type SnapshotValue, type WindowPnl, windowPnl } from './pnl.js';
import { type AccountMoment, FLOWS_PART, UNSETTLED_PART } from './read-moment.js';
import { epochSecondsOf, type Slot, slotOf } from './slots.js';
import { openSnapshotFiles, type SnapshotFiles } from './snapshot-files.js';
import { snapshotMetadata } from './snapshot-metadata.js';
import { type AccountProgress, formatSnapshotState, readSnapshotState } from './snapshot-state.js';
import { type SlotSnapshot, takenSlot } from './taken-slot.js';

/** A snapshot ready to be committed. */
export interface SnapshotPlan {
  readonly kind: 'planned';
  readonly path: string;
  readonly record: SnapshotRecord;
  /** The file of the snapshot. */
  readonly text: string;
  readonly pct: Readonly<Record<PnlWindow, WindowPnl['pct']>>;
  readonly checks: readonly CrossCheck[];
  readonly newFlows: readonly FlowRecord[];
  readonly files: ReadonlyMap<string, string | Buffer>;
  readonly warnings: readonly string[];
}

/** Why a moment that was read does not become a snapshot. */
export type PlanRefusal =
  /** The slot of the moment has its scheduled snapshot. */
  | {
      readonly kind: 'slot_taken';
      readonly taken: SlotSnapshot;
      readonly slot: Slot;
      /** Why this reading is no better than the partial one that is there. */
      readonly warnings: readonly string[];
    }
  /** Another snapshot of this second stands there; nothing is ever overwritten. */
  | { readonly kind: 'second_taken'; readonly path: string }
  /** Git has come further than the moment: it was read too long ago, or the exchange's clock runs behind. */
  | { readonly kind: 'overtaken'; readonly until: string }
  /** Git stands further back than when the flows were asked for, so they would leave a gap. */
  | { readonly kind: 'rewound' };

export interface PlanOptions {
  readonly type: SnapshotType;
  readonly intervalSeconds: number;
  readonly recordedAt: string;
}

/**
 * Makes of a moment and a commit what the next commit holds: flows, snapshot and state, all or nothing.
 *
 * Depends on nothing else, so that it can be done again when another process commits first.
 *
 * @throws {@link MavenError} INPUT_INVALID when a value does not fit its artifact.
 */
export async function planSnapshot(
  base: CommitBase,
  moment: AccountMoment,
  options: PlanOptions,
): Promise<SnapshotPlan | PlanRefusal> {
  const { source, account } = moment;
  const key = { source, account: account.address };
  const snapshots = openSnapshotFiles(base);
  const state = await readSnapshotState(base, source);
  const before = state.accounts.get(account.address) ?? null;
  const current = snapshotValue(moment, before);
  if (options.type === 'scheduled') {
    const slot = slotOf(epochSecondsOf(account.at), options.intervalSeconds);
    const taken = await takenSlot(snapshots, slot, key);
    // A partial one gives way to a complete one, and to nothing less.
    if (taken !== null && (taken.quality.status === 'complete' || current.quality.status === 'partial'))
      return { kind: 'slot_taken', taken, slot, warnings: whyPartial(moment, current, before) };
  }
  const path = snapshotPath(account.at);
  if ((await base.read(path)) !== null) return { kind: 'second_taken', path };
  if (before !== null && account.at <= before.flowsUntil)
    return { kind: 'overtaken', until: before.flowsUntil };
  const { flowsFrom } = moment;
  if (flowsFrom !== null && (before === null || flowsFrom > before.flowsUntil)) return { kind: 'rewound' };
  return writtenPlan({ base, snapshots, moment, options, path, before, current, accounts: state.accounts });
}

interface Ready {
  readonly base: CommitBase;
  readonly snapshots: SnapshotFiles;
  readonly moment: AccountMoment;
  readonly options: PlanOptions;
  readonly path: string;
  readonly before: AccountProgress | null;
  readonly current: SnapshotValue;
  readonly accounts: ReadonlyMap<string, AccountProgress>;
}

async function writtenPlan(ready: Ready): Promise<SnapshotPlan> {
  const { base, snapshots, moment, options, path, before, current } = ready;
  const flowFiles = openFlowFiles(base);
  const added = await addFlows(flowFiles, moment);
  const baselines = await findBaselines(snapshots, current, before);
  const flows: KnownFlows = {
    files: flowFiles,
    fresh: [...added.fresh, ...added.disputes],
    fault: flowsFaultOf(moment),
  };
  const windows = await countWindows(current, baselines, flows);
  const since = before?.flowsUntil ?? (await findFlowsTold(snapshots, current));
  const external = await flowsSince(current, since, flows);
  const pnl = mapWindows((window) => windows[window].pnl);
  const checks = 'read' in moment.portfolio ? crossCheck(moment.portfolio.read, { ...current, pnl }) : [];
  const record = recordOf(moment, options, current, {
    externalFlows: { netUsd: external.netUsd, count: external.flows.length, since },
    pnl,
    metadata: snapshotMetadata(moment, windows, checks),
  });
  const text = formatProven('snapshot', record, path, formatSnapshot, parseSnapshot);
  const files = new Map<string, string | Buffer>([...added.files, [path, text]]);
  const after = await progressAfter(ready, record, baselines);
  if (after !== null) {
    const accounts = new Map(ready.accounts).set(record.account, after);
    files.set(statePath(record.source), formatSnapshotState(record.source, accounts, options.recordedAt));
  }
  const pct = mapWindows((window) => windows[window].pct);
  const warnings = [...moment.warnings, ...warningsOf(ready, added, checks)];
  return { kind: 'planned', path, record, text, pct, checks, newFlows: added.fresh, files, warnings };
}

/**
 * Money that moved while the parts were read is in two of them or in none, and a token that had a price before and has no
 * market now is not worth nothing: then the sum is not known.
 */
function snapshotValue(
  { source, account, failures, unsettled }: AccountMoment,
  before: AccountProgress | null,
): SnapshotValue {
  const parts = new Set([...account.failed, ...failures.map(({ part }) => part)]);
  const lost = lostPrices(account, before);
  for (const coin of lost) parts.add(`price:${coin}`);
  if (unsettled) parts.add(UNSETTLED_PART);
  const failed = [...parts].sort();
  return {
    source,
    account: account.address,
    snapshotAt: account.at,
    quality: { status: failed.length === 0 ? 'complete' : 'partial', failed },
    totalValueUsd: unsettled || lost.length > 0 ? null : account.totalValueUsd,
  };
}

function recordOf(
  { account, source }: AccountMoment,
  options: PlanOptions,
  value: SnapshotValue,
  counted: Pick<SnapshotRecord, 'externalFlows' | 'pnl' | 'metadata'>,
): SnapshotRecord {
  return {
    source,
    account: value.account,
    snapshotType: options.type,
    snapshotAt: value.snapshotAt,
    recordedAt: options.recordedAt,
    quality: value.quality,
    totalValueUsd: value.totalValueUsd,
    availableBalanceUsd: account.availableBalanceUsd,
    marginUsedUsd: account.marginUsedUsd,
    unrealizedPnlUsd: account.unrealizedPnlUsd,
    positions: account.positions,
    ...counted,
  };
}

const NOTHING_ADDED: AddedFlows = { fresh: [], disputes: [], changed: [], vanished: [], files: new Map() };

async function addFlows(
  files: FlowFiles,
  { source, account, flows, flowsFrom }: AccountMoment,
): Promise<AddedFlows> {
  if (flows === null) return NOTHING_ADDED;
  return files.add(flows, { source, account: account.address, from: flowsFrom, to: account.at });
}

interface KnownFlows {
  readonly files: FlowFiles;
  /** Lines that are not in git yet. */
  readonly fresh: readonly FlowRecord[];
  /** Why they are not known up to this snapshot; null = they are. */
  readonly fault: string | null;
}

function flowsFaultOf({ flows, failures }: AccountMoment): string | null {
  if (flows !== null) return null;
  const message = failures.find(({ part }) => part === FLOWS_PART)?.message ?? 'no answer';
  return `the flows could not be read: ${message}`;
}

async function countWindows(
  current: SnapshotValue,
  baselines: FoundBaselines,
  flows: KnownFlows,
): Promise<Readonly<Record<PnlWindow, WindowPnl>>> {
  const count = async (window: PnlWindow): Promise<WindowPnl> => {
    const baseline = baselines[window];
    if (baseline === null) return windowPnl(window, current, null, [], flows.fault);
    const known = await flows.files.between(baseline.record.snapshotAt, current.snapshotAt);
    const all = [...known.flows, ...flows.fresh];
    return windowPnl(window, current, baseline, all, flows.fault ?? known.fault);
  };
  return {
    '24h': await count('24h'),
    '7d': await count('7d'),
    '30d': await count('30d'),
    all: await count('all'),
  };
}

async function flowsSince(
  current: SnapshotValue,
  since: string | null,
  flows: KnownFlows,
): Promise<Pick<FlowSum, 'flows' | 'netUsd'>> {
  if (flows.fault !== null) return { flows: [], netUsd: null };
  const known = await flows.files.between(since, current.snapshotAt);
  const sum = flowBook([...known.flows, ...flows.fresh], current).between(since, current.snapshotAt);
  return known.fault === null ? sum : { flows: sum.flows, netUsd: null };
}

function lostPrices(
  { unpriced }: AccountMoment['account'],
  before: AccountProgress | null,
): readonly string[] {
  return unpriced.filter((coin) => before?.priced.includes(coin) === true);
}

/** Tokens that have a price, and those still held that had one. */
function pricedAfter(
  { priced, unpriced, failed }: AccountMoment['account'],
  before: AccountProgress | null,
): readonly string[] {
  const known = before?.priced ?? [];
  if (priced === null) return known;
  const held = new Set([...unpriced, ...failed.map((part) => part.replace(/^price:/, ''))]);
  return [...new Set([...priced, ...known.filter((coin) => held.has(coin))])].sort();
}

/** Without flows the watermark stays where it was. @returns null = nothing to note. */
async function progressAfter(
  { moment, before, path, snapshots }: Ready,
  record: SnapshotRecord,
  baselines: FoundBaselines,
): Promise<AccountProgress | null> {
  if (moment.flows === null) return null;
  const complete = record.quality.status === 'complete' && record.totalValueUsd !== null;
  const firstComplete = baselines.all?.path ?? (complete ? path : (before?.firstComplete ?? null));
  const snapshotsBefore = firstComplete === null ? null : await countBefore(snapshots, firstComplete);
  const priced = pricedAfter(moment.account, before);
  return { flowsUntil: record.snapshotAt, firstComplete, snapshotsBefore, priced };
}

/** Why a snapshot does not know everything, a sentence each. */
function whyPartial(
  moment: AccountMoment,
  current: Pick<SnapshotValue, 'quality'>,
  before: AccountProgress | null,
): readonly string[] {
  if (current.quality.status === 'complete') return [];
  const warnings = moment.failures.map(({ part, message }) => `${part} could not be read: ${message}`);
  if (moment.unsettled)
    warnings.push('money moved each time the account was read, so its value is not known');
  const lost = lostPrices(moment.account, before);
  if (lost.length > 0)
    warnings.push(
      `${lost.join(', ')} had a price in dollars before and has no market now, so the value of the account is not known; to count without it, take it out of priced in state/`,
    );
  return warnings;
}

function warningsOf(
  { moment, current, before }: Ready,
  added: AddedFlows,
  checks: readonly CrossCheck[],
): readonly string[] {
  const warnings: string[] = [];
  const late = before === null ? [] : added.fresh.filter(({ occurredAt }) => occurredAt <= before.flowsUntil);
  if (late.length > 0)
    warnings.push(
      `${plural(late.length, 'flow')} came late, the first of ${late[0]?.occurredAt}: snapshots since then do not count them, maven-git recount writes them anew`,
    );
  for (const { flowType, occurredAt, externalFlowId } of added.changed)
    warnings.push(
      `the exchange tells the flow ${flowType} at ${occurredAt} otherwise now; what git has stands, and no P&L over it is known until maven-git record flow-correction ${externalFlowId} says what is right`,
    );
  for (const { flowType, occurredAt, externalFlowId } of foldFlows(added.fresh).filter(
    ({ doubt }) => doubt !== null,
  ))
    warnings.push(
      `nobody knows how the flow ${flowType} at ${occurredAt} counts: no P&L over it is known until maven-git record flow-correction ${externalFlowId} says so`,
    );
  for (const { flowType, occurredAt } of added.vanished)
    warnings.push(`the exchange no longer tells the flow ${flowType} at ${occurredAt}; what git has stands`);
  warnings.push(...whyPartial(moment, current, before));
  const lost = lostPrices(moment.account, before);
  const unpriced = moment.account.unpriced.filter((coin) => !lost.includes(coin));
  if (unpriced.length > 0)
    warnings.push(`tokens without a price in dollars are not counted: ${unpriced.join(', ')}`);
  if ('failed' in moment.portfolio)
    warnings.push(`no cross-check with the exchange's own history: ${moment.portfolio.failed}`);
  for (const { what, oursUsd, exchangeUsd, differenceUsd } of checks.filter(({ beyond }) => beyond))
    warnings.push(
      `${what} is ${oursUsd} USD, the exchange's own history has ${exchangeUsd}: ${differenceUsd} apart`,
    );
  return warnings;
}

function mapWindows<T>(value: (window: PnlWindow) => T): Readonly<Record<PnlWindow, T>> {
  return Object.fromEntries(PNL_WINDOWS.map((window) => [window, value(window)])) as Record<PnlWindow, T>;
}
