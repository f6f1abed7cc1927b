import { createHash } from 'node:crypto';
import { sameAmount } from '../../../parsers/decimal-arithmetic.js';
import type { AccountKey } from '../../../parsers/flow-book.js';
import { settledBy } from '../../../parsers/flow-corrections.js';
import { FLOW_TOLD_OTHERWISE, flowNotes } from '../../../parsers/flow-notes.js';
import { type FlowRecord, flowKey } from '../../../parsers/flows.js';
import { type CountedFlow, foldFlows } from '../../../parsers/fold-flows.js';
import { readJsonObject } from '../../../parsers/json-text.js';

/** What the exchange tells, beside what git has. */
export interface MatchedFlows {
  /** Not in git. */
  readonly fresh: readonly FlowRecord[];
  /** Lines that note what the exchange tells otherwise now; not in git either. */
  readonly disputes: readonly FlowRecord[];
  /** Flows in git that the exchange tells otherwise, which nobody has settled; what git has stands. */
  readonly changed: readonly FlowRecord[];
  /** Flows in git that the exchange no longer tells, though it was asked for their time. */
  readonly vanished: readonly FlowRecord[];
}

/** What the exchange was asked for: an account, and a stretch of time; canonical, null = from its beginning. */
export interface AskedFlows extends AccountKey {
  readonly from: string | null;
  readonly to: string;
}

/**
 * Finds what is new among the flows that the exchange tells of one account.
 *
 * A flow in git keeps its id, whatever rule made it: what is told is compared by id, then by everything the exchange
 * said, then by what it moved. Only what is left over on both sides in one transaction is a flow that has changed:
 * counted as new it would be counted twice. Nobody knows which of both is right, so that is noted in git and its P&L is
 * not known until somebody records a correction.
 *
 * @param known - the lines of whole flow files, of any account.
 */
export function matchFlows(
  told: readonly FlowRecord[],
  known: readonly FlowRecord[],
  asked: AskedFlows,
): MatchedFlows {
  const ids = new Set(known.map(flowKey));
  const flows = foldFlows(known).filter(
    (flow) => flow.source === asked.source && flowNotes(flow).account === asked.account,
  );
  const left = groupByTransaction(flows);
  const result = { fresh: [] as FlowRecord[], disputes: [] as FlowRecord[], changed: [] as FlowRecord[] };
  for (const [transaction, group] of groupByTransaction(told)) {
    const candidates = left.get(transaction) ?? [];
    for (const [now, before] of pairOff(group, candidates)) {
      if (before === null) result.fresh.push(freshly(now, ids));
      else if (before !== SAME) noteChange(now, before, ids, result);
    }
  }
  const vanished = [...left.values()].flat().filter((flow) => isMissed(flow, asked));
  return { ...result, vanished };
}

const SAME = Symbol('the same flow');

/** Takes out of `candidates` what is told. @returns each flow with what it was before; null = it is new. */
function pairOff(
  told: readonly FlowRecord[],
  candidates: CountedFlow[],
): readonly (readonly [FlowRecord, CountedFlow | typeof SAME | null])[] {
  let open = told;
  for (const isSame of [sameId, sameWords, sameMovement]) {
    open = open.filter((flow) => {
      const place = candidates.findIndex((candidate) => isSame(flow, candidate));
      if (place !== -1) candidates.splice(place, 1);
      return place === -1;
    });
  }
  const unknown = new Set(open);
  return told.map((flow) => {
    if (!unknown.has(flow)) return [flow, SAME];
    const alike = candidates.findIndex(({ flowType }) => flowType === flow.flowType);
    return [flow, candidates.splice(Math.max(0, alike), 1)[0] ?? null];
  });
}

function sameId(told: FlowRecord, known: FlowRecord): boolean {
  return told.externalFlowId === known.externalFlowId;
}

/** Whatever this or another version of the program makes of it. */
function sameWords(told: FlowRecord, known: FlowRecord): boolean {
  return told.flowType === known.flowType && told.metadata !== null && told.metadata === known.metadata;
}

function sameMovement(told: FlowRecord, known: FlowRecord): boolean {
  return (
    told.flowType === known.flowType &&
    told.classification === known.classification &&
    told.classification !== 'unclassified' &&
    told.asset === known.asset &&
    sameAmount(told.amountUsd, known.amountUsd) &&
    sameAmount(told.amountAsset, known.amountAsset)
  );
}

/** A twin gets the next number that is free. */
function freshly(flow: FlowRecord, ids: Set<string>): FlowRecord {
  const base = flow.externalFlowId.replace(/(:[0-9a-f]{12}):\d+$/, '$1');
  let id = flow.externalFlowId;
  for (let place = 2; ids.has(flowKey({ source: flow.source, externalFlowId: id })); place += 1)
    id = `${base}:${place}`;
  ids.add(flowKey({ source: flow.source, externalFlowId: id }));
  return { ...flow, externalFlowId: id };
}

function noteChange(
  now: FlowRecord,
  before: CountedFlow,
  ids: Set<string>,
  into: { readonly disputes: FlowRecord[]; readonly changed: FlowRecord[] },
): void {
  const line = disputeLine(now, before);
  if (settledBy(before.corrections).has(line.externalFlowId)) return;
  into.changed.push(before);
  if (ids.has(flowKey(line))) return;
  ids.add(flowKey(line));
  into.disputes.push(line);
}

function disputeLine(now: FlowRecord, before: FlowRecord): FlowRecord {
  const digest = createHash('sha256').update(now.externalFlowId).digest('hex').slice(0, 12);
  const { account } = flowNotes(now);
  const notes = { account, disputes: before.externalFlowId, told_as: now.classification, kind: now.flowType };
  // The raw words stay digit for digit.
  const raw = now.metadata === null ? '' : `,"told":${now.metadata}`;
  const metadata = readJsonObject(`${JSON.stringify(notes).slice(0, -1)}${raw}}`);
  return {
    ...now,
    externalFlowId: `${before.externalFlowId}#${digest}`,
    // In the file of its flow.
    occurredAt: before.occurredAt,
    flowType: FLOW_TOLD_OTHERWISE,
    classification: 'unclassified',
    metadata: 'json' in metadata ? metadata.json : JSON.stringify(notes),
  };
}

/** A flow that somebody has corrected is settled; one that the exchange never told is not missed. */
function isMissed(flow: CountedFlow, { from, to }: AskedFlows): boolean {
  return (
    flow.corrections.length === 0 &&
    transactionOf(flow) !== null &&
    (from === null || flow.occurredAt > from) &&
    flow.occurredAt <= to
  );
}

function groupByTransaction<F extends FlowRecord>(flows: readonly F[]): Map<string, F[]> {
  const groups = new Map<string, F[]>();
  for (const flow of flows) {
    const transaction = transactionOf(flow) ?? flowKey(flow);
    const group = groups.get(transaction);
    if (group === undefined) groups.set(transaction, [flow]);
    else group.push(flow);
  }
  return groups;
}

/** @returns account, hash and time of the update that a flow was made of; null = it was made of none. */
function transactionOf({ externalFlowId, source }: FlowRecord): string | null {
  const match = /^(0x[0-9a-f]{40}:0x[0-9a-f]+:\d+):/.exec(externalFlowId);
  return match === null ? null : `${source} ${match[1]}`;
}
