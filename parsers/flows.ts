import { nameOf } from './artifact-name.js';
import { choice, DECIMAL, METADATA, SHORT, TIME } from './field-type.js';
import { inOrderOfStanding, rivalsOf } from './flow-corrections.js';
import { FLOW_CORRECTION, flowNotes } from './flow-notes.js';
import { parseJsonLines, uniqueRecords } from './json-lines.js';
import type { JsonText } from './json-text.js';
import { formatLine, type LineFormat, optional, required } from './line-format.js';
import type { Located, Parsed } from './problem.js';
import { type ProblemList, problemList, quote } from './problem-list.js';

export type FlowClassification = 'external' | 'internal' | 'income' | 'loss' | 'unclassified';

/** A deposit, a withdrawal, or another cash flow that is not a trade. */
export interface FlowRecord {
  readonly source: string;
  readonly externalFlowId: string;
  readonly occurredAt: string;
  readonly recordedAt: string;
  /** As the source names it. */
  readonly flowType: string;
  readonly classification: FlowClassification;
  /** Signed: positive = into the account; null = not known. */
  readonly amountUsd: string | null;
  readonly asset: string | null;
  readonly amountAsset: string | null;
  readonly metadata: JsonText | null;
}

const CLASSIFICATIONS = ['external', 'internal', 'income', 'loss', 'unclassified'] as const;

/** @see parsers/FORMATS.md#flows */
export const FLOW_FORMAT: LineFormat<FlowRecord> = {
  version: 1,
  fields: [
    required('source', SHORT),
    required('external_flow_id', SHORT),
    required('occurred_at', TIME),
    required('recorded_at', TIME),
    required('flow_type', SHORT),
    required('classification', choice(CLASSIFICATIONS)),
    optional('amount_usd', DECIMAL),
    optional('asset', SHORT),
    optional('amount_asset', DECIMAL),
    optional('metadata', METADATA),
  ],
  build: (values) => ({
    source: values[0] as string,
    externalFlowId: values[1] as string,
    occurredAt: values[2] as string,
    recordedAt: values[3] as string,
    flowType: values[4] as string,
    classification: values[5] as FlowClassification,
    amountUsd: values[6] as string | null,
    asset: values[7] as string | null,
    amountAsset: values[8] as string | null,
    metadata: values[9] as string | null,
  }),
  values: (flow) => [
    flow.source,
    flow.externalFlowId,
    flow.occurredAt,
    flow.recordedAt,
    flow.flowType,
    flow.classification,
    flow.amountUsd,
    flow.asset,
    flow.amountAsset,
    flow.metadata,
  ],
  identity: (flow) => flowKey(flow),
};

/**
 * Reads a file of flows, in file order, one record an identity.
 *
 * @param path - its name tells the UTC month of its flows.
 * @see parsers/FORMATS.md#flows
 */
export function parseFlows(text: string, path: string): Parsed<FlowRecord> {
  const problems = problemList(path);
  const month = /^(\d{4}-\d{2})\.jsonl$/.exec(nameOf(path))?.[1] ?? '';
  const records = parseJsonLines(FLOW_FORMAT, text, problems, (flow, line) => {
    if (flow.occurredAt.startsWith(month)) return;
    const message = `occurred_at is in ${flow.occurredAt.slice(0, 7)}, the file is named for ${month}`;
    problems.warning('NAME_MISMATCH', line, message);
  });
  const unique = uniqueRecords(FLOW_FORMAT, records, problems, {
    write: formatFlow,
    fact: flowFact,
    isEarlier: (flow, than) => flow.recordedAt < than.recordedAt,
  });
  reportRivals(unique, problems);
  return { records: unique, problems: problems.list() };
}

/** Tells of corrections of two clones that stand beside each other: the fold decides, a person should. */
function reportRivals(flows: readonly Located<FlowRecord>[], problems: ProblemList): void {
  const lineOf = new Map<FlowRecord, number>();
  const byFlow = new Map<string, FlowRecord[]>();
  for (const { line, record } of flows) {
    if (record.flowType !== FLOW_CORRECTION) continue;
    const { corrects } = flowNotes(record);
    if (corrects === null) continue;
    lineOf.set(record, line);
    const key = flowKey({ source: record.source, externalFlowId: corrects });
    const corrections = byFlow.get(key);
    if (corrections === undefined) byFlow.set(key, [record]);
    else corrections.push(record);
  }
  for (const [key, corrections] of byFlow) {
    const inOrder = inOrderOfStanding(corrections);
    const rivals = rivalsOf(inOrder);
    const taken = inOrder.at(-1);
    if (rivals.length === 0 || taken === undefined) continue;
    const lines = [...rivals, taken].map((record) => lineOf.get(record) ?? 1).sort((a, b) => a - b);
    const message = `${quote(key)}: correction ${flowNotes(taken).number} has several contents, on lines ${lines.join(', ')}; line ${lineOf.get(taken)}, recorded last, counts until a later correction settles it`;
    problems.warning('REVISION_CONFLICT', lines.at(-1) ?? 1, message);
  }
}

/** Formats one line, newline included. @throws InvalidRecordError when a value is out of its form. */
export function formatFlow(record: FlowRecord): string {
  return formatLine(FLOW_FORMAT, record);
}

/** Formats lines in the order given. @throws InvalidRecordError when a value is out of its form. */
export function formatFlows(records: readonly FlowRecord[]): string {
  return records.map(formatFlow).join('');
}

/** @returns what a flow says, whenever it was recorded: two clones that recorded one fact agree in this. */
export function flowFact(flow: FlowRecord): string {
  return formatLine(FLOW_FORMAT, { ...flow, recordedAt: ANY_TIME });
}

const ANY_TIME = '0001-01-01T00:00:00.000000+00:00';

/** @returns the identity of a flow, `source/externalFlowId`. */
export function flowKey(flow: Pick<FlowRecord, 'source' | 'externalFlowId'>): string {
  return `${flow.source}/${flow.externalFlowId}`;
}
