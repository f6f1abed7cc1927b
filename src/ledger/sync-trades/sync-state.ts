import { readJsonObject } from '../../../parsers/json-text.js';
import { formatState, parseState } from '../../../parsers/state.js';
import { isCanonicalTime } from '../../../parsers/time.js';
import type { UpstreamIdentity } from '../../sources/moha/bot-trade.js';
import { type IdSet, readIds, sizeOf, spellIds } from './id-ranges.js';

/** Ids that were passed over when a run saw higher ones; whoever holds one may still commit. */
export interface GapGroup {
  /** Upstream's clock. */
  readonly seenAt: string;
  /** No transaction from it on had begun. */
  readonly nextXid: string;
  /** Virtual ids of the transactions that ran then. */
  readonly live: readonly string[];
  readonly ids: IdSet;
  /** Noted when the watermark began anew: the ledger may hold some of them, from before. */
  readonly unsure: boolean;
}

/**
 * How far the ledger has come with MoHa, as `state/moha.json` keeps it: all that a fresh clone needs to go on.
 *
 * It may fall behind the ledger (then rows are read twice and found unchanged), never run ahead of it.
 */
export interface SyncState {
  /** From 1, one more each time upstream is seen to give ids out again. */
  readonly epoch: number;
  /** Highest id upstream. */
  readonly lastId: string;
  /** Highest id the ledger may hold beyond that, of rows that a restored upstream has lost; null = none. */
  readonly heldId: string | null;
  /** Every row that transactions before it wrote is in the ledger; null = no run has come to its end yet. */
  readonly horizon: string | null;
  readonly upstream: UpstreamIdentity;
  readonly gaps: readonly GapGroup[];
  /** Rows that could not become trades; tried again each time. */
  readonly skipped: IdSet;
  /** Trades that are open; null where rows tell of their changes themselves. */
  readonly open: IdSet | null;
}

/** Open trades are gone through one by one: a range that somebody mistyped must not keep a run busy for ever. */
const MOST_OPEN = 5_000_000n;

/** The upstream's name in the ledger and in `state/`. */
export const MOHA = 'moha';

/** @returns `moha`, `moha@2`, ... */
export function sourceOfEpoch(epoch: number): string {
  return epoch === 1 ? MOHA : `${MOHA}@${epoch}`;
}

/** @returns the epoch that a source names; null = another upstream's. */
export function epochOfSource(source: string): number | null {
  if (source === MOHA) return 1;
  const [, digits] = /^moha@([2-9]|[1-9]\d{1,6})$/.exec(source) ?? [];
  return digits === undefined ? null : Number(digits);
}

/** Writes the state file. */
export function formatSyncState(state: SyncState, recordedAt: string): string {
  const { epoch, lastId, heldId, horizon, upstream, gaps, skipped, open } = state;
  const json = readJsonObject(
    JSON.stringify({
      epoch,
      last_id: lastId,
      ...(heldId === null ? {} : { held_id: heldId }),
      horizon,
      upstream,
      gaps: gaps.map(({ seenAt, nextXid, live, ids, unsure }) => ({
        seen_at: seenAt,
        next_xid: nextXid,
        live,
        ids: spellIds(ids),
        ...(unsure ? { unsure } : {}),
      })),
      skipped: spellIds(skipped),
      open: open === null ? null : spellIds(open),
    }),
  );
  if (!('json' in json))
    throw new Error(`the state of the trade sync cannot be written: ${json.fault.message}`);
  return formatState({ source: MOHA, recordedAt, state: json.json });
}

/**
 * Reads the state file.
 *
 * @returns null = unreadable in any part: a watermark that is only half right must not be used, every row is compared
 *   instead.
 */
export function readSyncState(text: string, path: string): SyncState | null {
  const { records, problems } = parseState(text, path);
  const record = records[0]?.record;
  if (record === undefined || problems.length > 0) return null;
  const state = JSON.parse(record.state) as Readonly<Record<string, unknown>>;
  const { epoch, last_id: lastId, held_id: heldId = null, horizon } = state;
  const upstream = readIdentity(state.upstream);
  const gaps = Array.isArray(state.gaps) ? state.gaps.map(readGap) : [null];
  const skipped = readIds(state.skipped);
  const open = state.open === null ? null : readIds(state.open);
  if (typeof epoch !== 'number' || !Number.isSafeInteger(epoch) || epoch < 1) return null;
  if (!isDigits(lastId) || !(horizon === null || (isDigits(horizon) && !horizon.startsWith('-'))))
    return null;
  if (upstream === null || skipped === null || (open === null && state.open !== null)) return null;
  if (!(heldId === null || isDigits(heldId))) return null;
  if (open !== null && sizeOf(open) > MOST_OPEN) return null;
  if (!gaps.every((gap) => gap !== null)) return null;
  return { epoch, lastId, heldId, horizon, upstream, gaps, skipped, open };
}

function readIdentity(value: unknown): UpstreamIdentity | null {
  if (typeof value !== 'object' || value === null) return null;
  const { system, timeline, database, table } = value as Readonly<Record<string, unknown>>;
  if (!(system === null || isDigits(system)) || !(timeline === null || isDigits(timeline))) return null;
  return isDigits(database) && isDigits(table) ? { system, timeline, database, table } : null;
}

function readGap(value: unknown): GapGroup | null {
  if (typeof value !== 'object' || value === null) return null;
  const fields = value as Readonly<Record<string, unknown>>;
  const { seen_at: seenAt, next_xid: nextXid, live, ids, unsure = false } = fields;
  const set = readIds(ids);
  if (set === null || !isDigits(nextXid) || typeof seenAt !== 'string' || !isCanonicalTime(seenAt))
    return null;
  if (!Array.isArray(live) || !live.every((id) => typeof id === 'string')) return null;
  if (typeof unsure !== 'boolean') return null;
  return { seenAt, nextXid, live, ids: set, unsure };
}

function isDigits(value: unknown): value is string {
  return typeof value === 'string' && /^-?\d{1,20}$/.test(value);
}
