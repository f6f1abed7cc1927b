import type { TradeRevision } from '../../../parsers/trades.js';
import type { DecisionLink } from './decision-link.js';
import { type MappedTrade, positionActionOf, sizeUsdOf } from './map-bot-trade.js';
import { sameValue, TRADE_FIELDS, type TradeFieldDescription } from './trade-fields.js';
import {
  type Corrections,
  describeLink,
  describeNotes,
  formatTradeMetadata,
  readTradeMetadata,
} from './trade-metadata.js';

/** What a look at upstream makes of a trade that the ledger holds. */
export interface Revised {
  /** Null = nothing differs. */
  readonly next: TradeRevision | null;
  /** Upstream changed a trade that had ended: names of the fields. */
  readonly changedAfterEnd: readonly string[];
  /** Upstream now contradicts what a person corrected: names of the fields. The correction stands. */
  readonly contradicted: readonly string[];
}

/** Where the ledger writes and how it links, for every trade of a run. */
export interface RevisionRules {
  readonly recordedAt: string;
  readonly linkWindowMinutes: number;
}

/** The first revision of a trade. */
export function firstRevision(
  trade: MappedTrade,
  source: string,
  link: DecisionLink,
  rules: RevisionRules,
): TradeRevision {
  return revisionOf(trade, {
    source,
    revision: 1,
    recordedAt: rules.recordedAt,
    decision: link.kind === 'linked' ? link.decision : null,
    metadata:
      link.kind === 'none'
        ? trade.plainMetadata
        : formatTradeMetadata({
            notes: describeNotes(trade.notes),
            link: describeLink(link, rules.linkWindowMinutes),
            corrections: {},
          }),
  });
}

/**
 * Compares a trade of the ledger with what upstream says now.
 *
 * What a person corrected stays corrected: upstream still says what it said, and must not win by being read again. Where
 * upstream has changed such a field since, that is reported once, and noted in the revision.
 *
 * A link once found stays: it is a fact that was written down. Where there is none, it is looked for again.
 *
 * @param link - called only when it is needed, with the asset and the time of opening that hold: a person's, if they differ.
 */
export function reviseTrade(
  current: TradeRevision,
  trade: MappedTrade,
  link: (asset: string, openedAt: string) => DecisionLink,
  rules: RevisionRules,
): Revised {
  const known = readTradeMetadata(current.metadata);
  const contradicted = contradictedFields(trade, known.corrections);
  const corrections = withUpstream(known.corrections, trade, contradicted);
  const asset = 'asset' in corrections ? current.asset : trade.asset;
  const openedAt = 'opened_at' in corrections ? current.openedAt : trade.openedAt;
  const found = current.decision !== null || 'decision' in corrections ? null : link(asset, openedAt);
  const heard = revisionOf(trade, {
    source: current.source,
    revision: current.revision + 1,
    recordedAt: rules.recordedAt,
    decision: found?.kind === 'linked' ? found.decision : current.decision,
    metadata: null,
  });
  const next = withCorrections(heard, current, corrections);
  const changed = TRADE_FIELDS.filter(({ field, kind }) => !sameValue(kind, current[field], next[field]));
  if (changed.length === 0 && contradicted.length === 0) return UNCHANGED;
  const metadata = formatTradeMetadata({
    notes: describeNotes(trade.notes),
    link: found === null ? known.link : describeLink(found, rules.linkWindowMinutes),
    corrections,
  });
  const byUpstream = changed.filter(({ field }) => field !== 'decision').map(({ name }) => name);
  return {
    next: { ...next, metadata },
    changedAfterEnd: current.status === 'open' ? [] : byUpstream,
    contradicted,
  };
}

const UNCHANGED: Revised = { next: null, changedAfterEnd: [], contradicted: [] };

/** Field by field: a million objects spread from one another take ten times as long. */
function revisionOf(
  trade: MappedTrade,
  own: Pick<TradeRevision, 'source' | 'revision' | 'recordedAt' | 'decision' | 'metadata'>,
): TradeRevision {
  return {
    source: own.source,
    externalTradeId: trade.externalTradeId,
    revision: own.revision,
    recordedAt: own.recordedAt,
    tradeSource: trade.tradeSource,
    sourceBotId: trade.sourceBotId,
    asset: trade.asset,
    side: trade.side,
    positionAction: trade.positionAction,
    entryPrice: trade.entryPrice,
    exitPrice: trade.exitPrice,
    sizeUsd: trade.sizeUsd,
    sizeAsset: trade.sizeAsset,
    leverage: trade.leverage,
    realizedPnlUsd: trade.realizedPnlUsd,
    unrealizedPnlUsd: trade.unrealizedPnlUsd,
    feesUsd: trade.feesUsd,
    status: trade.status,
    closeReason: trade.closeReason,
    openedAt: trade.openedAt,
    closedAt: trade.closedAt,
    decision: own.decision,
    metadata: own.metadata,
  };
}

/** Recomputes what follows from other fields, but for what a person set. */
export function withDerived(trade: TradeRevision, corrections: Corrections): TradeRevision {
  return {
    ...trade,
    sizeUsd: 'size_usd' in corrections ? trade.sizeUsd : sizeUsdOf(trade.sizeAsset, trade.entryPrice),
    positionAction: 'position_action' in corrections ? trade.positionAction : positionActionOf(trade.status),
  };
}

/** The value that upstream gives a field; undefined = it has no word in it: links are the ledger's own. */
export function upstreamValue(
  trade: MappedTrade,
  { field }: TradeFieldDescription,
): string | null | undefined {
  return field === 'decision' ? undefined : trade[field];
}

function contradictedFields(trade: MappedTrade, corrections: Corrections): readonly string[] {
  if (Object.keys(corrections).length === 0) return [];
  return TRADE_FIELDS.filter((description) => {
    const correction = corrections[description.name];
    if (correction === undefined || description.derived === true) return false;
    const said = upstreamValue(trade, description);
    return said !== undefined && !sameValue(description.kind, correction.upstream, said);
  }).map(({ name }) => name);
}

function withUpstream(
  corrections: Corrections,
  trade: MappedTrade,
  contradicted: readonly string[],
): Corrections {
  const entries = Object.entries(corrections).map(([name, correction]) => {
    const description = TRADE_FIELDS.find((field) => field.name === name);
    if (description === undefined || !contradicted.includes(name)) return [name, correction] as const;
    return [name, { ...correction, upstream: upstreamValue(trade, description) ?? null }] as const;
  });
  return Object.fromEntries(entries);
}

/** Puts what a person corrected in place of what upstream says. */
function withCorrections(
  heard: TradeRevision,
  current: TradeRevision,
  corrections: Corrections,
): TradeRevision {
  const fields = TRADE_FIELDS.filter(({ name }) => name in corrections).map(({ field }) => field);
  if (fields.length === 0) return heard;
  const values = Object.fromEntries(fields.map((field) => [field, current[field]]));
  return withDerived({ ...heard, ...values }, corrections);
}
