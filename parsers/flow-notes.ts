import type { FlowRecord } from './flows.js';

/** `flow_type` of a line that says how a flow counts, whatever was said before. */
export const FLOW_CORRECTION = 'correction';
/** `flow_type` of a line that says what the exchange has told of a flow since it was recorded. */
export const FLOW_TOLD_OTHERWISE = 'told_otherwise';

/** What the metadata of a flow says, as far as counting needs it. */
export interface FlowNotes {
  /** In lower case; null = it names none. */
  readonly account: string | null;
  /** Of a correction: id of the flow. */
  readonly corrects: string | null;
  /** Of a correction: from 1. */
  readonly number: number;
  /** Of a correction: ids of the disputes that it answers. */
  readonly settles: readonly string[];
  /** Of a dispute: id of the flow, and how it would count as the exchange tells it now. */
  readonly disputes: string | null;
  readonly toldAs: string | null;
}

const NO_NOTES: FlowNotes = {
  account: null,
  corrects: null,
  number: 0,
  settles: [],
  disputes: null,
  toldAs: null,
};

/** Reads the notes of a line; what has another form than it should have is none. */
export function flowNotes({ metadata }: Pick<FlowRecord, 'metadata'>): FlowNotes {
  if (metadata === null) return NO_NOTES;
  const notes = JSON.parse(metadata) as Readonly<Record<string, unknown>>;
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return {
    // An address means the same in capitals, in which people copy it.
    account: text(notes.account)?.toLowerCase() ?? null,
    corrects: text(notes.corrects),
    number: typeof notes.number === 'number' ? notes.number : 0,
    settles: Array.isArray(notes.settles) ? notes.settles.filter((id) => typeof id === 'string') : [],
    disputes: text(notes.disputes),
    toldAs: text(notes.told_as),
  };
}
