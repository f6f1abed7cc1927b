import { inOrderOfStanding, settledBy } from './flow-corrections.js';
import { FLOW_CORRECTION, FLOW_TOLD_OTHERWISE, flowNotes } from './flow-notes.js';
import { type FlowRecord, flowKey } from './flows.js';

/** A flow as it counts now. */
export interface CountedFlow extends FlowRecord {
  /** Why its amount cannot be counted, to be put after `a flow`; null = it can. */
  readonly doubt: string | null;
  /** As it was first recorded. */
  readonly recorded: FlowRecord;
  /** Its corrections, in order of standing; the last one holds. */
  readonly corrections: readonly FlowRecord[];
  /** Lines of what the exchange has told otherwise, that nobody has settled. */
  readonly disputes: readonly FlowRecord[];
}

/**
 * Folds the lines of flow files into the flows that count: each with its last correction, in the order in which they
 * first appear.
 *
 * Nothing that was written is edited: a correction is a line of its own, with the whole state of the flow as it counts
 * from then on. What the exchange told otherwise later is a line too, and as long as no correction settles it nobody
 * knows which of both is right. A correction or dispute whose flow is not there is a doubt of its own.
 *
 * @param lines - of whole files: a correction stands in the file of its flow.
 * @see parsers/FORMATS.md#flows
 */
export function foldFlows(lines: readonly FlowRecord[]): readonly CountedFlow[] {
  const flows = new Map<string, Folding>();
  const notes: Note[] = [];
  for (const line of lines) {
    const about = aboutOf(line);
    if (about === null) flows.set(flowKey(line), { flow: line, corrections: [], disputes: [] });
    else notes.push({ line, ...about });
  }
  const orphans: CountedFlow[] = [];
  for (const { line, id, of } of notes) {
    const folding = flows.get(flowKey({ source: line.source, externalFlowId: id }));
    if (folding === undefined) orphans.push(orphan(line));
    else folding[of].push(line);
  }
  return [...Array.from(flows.values(), fold), ...orphans];
}

interface Folding {
  readonly flow: FlowRecord;
  readonly corrections: FlowRecord[];
  readonly disputes: FlowRecord[];
}

interface Note {
  readonly line: FlowRecord;
  readonly id: string;
  readonly of: 'corrections' | 'disputes';
}

/** @returns null = a flow itself. */
function aboutOf(line: FlowRecord): Pick<Note, 'id' | 'of'> | null {
  if (line.flowType !== FLOW_CORRECTION && line.flowType !== FLOW_TOLD_OTHERWISE) return null;
  const { corrects, disputes } = flowNotes(line);
  if (line.flowType === FLOW_CORRECTION && corrects !== null) return { id: corrects, of: 'corrections' };
  if (line.flowType === FLOW_TOLD_OTHERWISE && disputes !== null) return { id: disputes, of: 'disputes' };
  return null;
}

function fold({ flow, corrections, disputes }: Folding): CountedFlow {
  const inOrder = inOrderOfStanding(corrections);
  const last = inOrder.at(-1);
  const settled = settledBy(inOrder);
  const open = disputes.filter(({ externalFlowId }) => !settled.has(externalFlowId));
  const counted: FlowRecord =
    last === undefined
      ? flow
      : {
          ...flow,
          classification: last.classification,
          amountUsd: last.amountUsd,
          asset: last.asset,
          amountAsset: last.amountAsset,
        };
  return { ...counted, doubt: doubtOf(counted, open), recorded: flow, corrections: inOrder, disputes: open };
}

function orphan(line: FlowRecord): CountedFlow {
  const doubt = 'that a line is about is not in its file';
  return { ...line, classification: 'unclassified', doubt, recorded: line, corrections: [], disputes: [] };
}

function doubtOf(flow: FlowRecord, disputes: readonly FlowRecord[]): string | null {
  if (flow.classification === 'unclassified') return 'of a kind or form that is not known';
  // Told otherwise or not, what is no external flow either way is no part of any sum.
  const matters = isExternal(flow.classification)
    ? disputes.length > 0
    : disputes.some((line) => isExternal(flowNotes(line).toldAs));
  if (matters) return 'that the exchange tells otherwise now';
  if (isExternal(flow.classification) && flow.amountUsd === null) return 'without a known value in USD';
  return null;
}

/** What nobody could classify may be external. */
function isExternal(classification: string | null): boolean {
  return classification !== 'internal' && classification !== 'income' && classification !== 'loss';
}

/** Tells whether a flow is part of the sum of external flows, or might be. */
export function countsAsExternal({ classification, doubt }: CountedFlow): boolean {
  return classification === 'external' || doubt !== null;
}
