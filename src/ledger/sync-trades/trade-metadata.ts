import type { JsonText } from '../../../parsers/json-text.js';
import type { DecisionLink } from './decision-link.js';
import type { TradeNotes } from './map-bot-trade.js';

/** A field that a person corrected, by its name in the ledger. */
export interface Correction {
  readonly reason: string;
  /** What upstream said when the correction was made, or when it last contradicted it; null = nothing. */
  readonly upstream: string | null;
  readonly correctedAt: string;
}

export type Corrections = Readonly<Record<string, Correction>>;

/** What a ledger line says of a trade beside its fields. */
export interface TradeMetadata {
  readonly notes: Readonly<Record<string, unknown>>;
  /** How the decision was found, or why none was; null = there was none near. */
  readonly link: Readonly<Record<string, unknown>> | null;
  readonly corrections: Corrections;
}

/** How a link was found, as `metadata.link` says it; null = there was no decision near. */
export function describeLink(link: DecisionLink, windowMinutes: number): TradeMetadata['link'] {
  if (link.kind === 'none') return null;
  if (link.kind === 'ambiguous') return { rule: 'ambiguous', candidates: link.candidates };
  return { rule: 'latest_before', window_minutes: String(windowMinutes), seconds_before: link.secondsBefore };
}

/** Upstream's own words, as they stand in metadata: only what there is. */
export function describeNotes(notes: TradeNotes): TradeMetadata['notes'] {
  const { symbol, botType, upstreamDecisionId } = notes;
  return {
    ...(symbol === null ? {} : { symbol }),
    ...(botType === null ? {} : { bot_type: botType }),
    ...(upstreamDecisionId === null ? {} : { upstream_decision_id: upstreamDecisionId }),
  };
}

/** @returns JSON for the line, whose writer checks it; null when there is nothing to say. */
export function formatTradeMetadata({ notes, link, corrections }: TradeMetadata): JsonText | null {
  const object = {
    ...notes,
    ...(link === null ? {} : { link }),
    ...(Object.keys(corrections).length === 0 ? {} : { corrections: describeCorrections(corrections) }),
  };
  return Object.keys(object).length === 0 ? null : JSON.stringify(object);
}

/** Reads metadata of a ledger line, whoever wrote it. */
export function readTradeMetadata(metadata: JsonText | null): TradeMetadata {
  const { link, corrections, ...notes } = objectOf(metadata === null ? null : JSON.parse(metadata)) ?? {};
  const read: Record<string, Correction> = {};
  for (const [field, value] of Object.entries(objectOf(corrections) ?? {})) {
    const { reason, upstream, corrected_at: correctedAt } = objectOf(value) ?? {};
    if (typeof reason !== 'string' || typeof correctedAt !== 'string') continue;
    read[field] = { reason, upstream: typeof upstream === 'string' ? upstream : null, correctedAt };
  }
  return { notes, link: objectOf(link), corrections: read };
}

function describeCorrections(corrections: Corrections): Readonly<Record<string, unknown>> {
  const entries = Object.entries(corrections).map(([field, { reason, upstream, correctedAt }]) => [
    field,
    { reason, upstream, corrected_at: correctedAt },
  ]);
  return Object.fromEntries(entries);
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}
