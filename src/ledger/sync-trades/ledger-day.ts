import { foldLedger } from '../../../parsers/fold-ledger.js';
import { type DecodedArtifact, decodeArtifact } from '../../../parsers/text.js';
import { certainIdentities } from '../../../parsers/trade-keys.js';
import { parseTrades, type TradeRevision } from '../../../parsers/trades.js';
import type { CommitBase } from '../../git/commit.js';
import { epochOfSource } from './sync-state.js';

/** A trade of MoHa as the ledger holds it. */
export interface KnownTrade {
  readonly path: string;
  readonly epoch: number;
  readonly current: TradeRevision;
  /** When git first knew of it. */
  readonly firstRecordedAt: string;
}

/** One file of the ledger, read in full only when that is asked for: a day of a busy bot has thousands of lines. */
export interface LedgerDay {
  readonly path: string;
  /** Bytes as committed; empty where there is no such file yet. */
  readonly bytes: Buffer;
  /** MoHa's trades by id, the latest epoch last. */
  readonly trades: ReadonlyMap<string, readonly KnownTrade[]>;
  /** Where the file cannot be read in full; null = nowhere. */
  readonly damage: string | null;
  /** MoHa's trade of an id, of the latest epoch; null = there is none. */
  latest(id: string): KnownTrade | null;
  /** Why nothing may be concluded of an id from what is not in the file; null where it surely does not hold it. */
  damageAround(id: string): string | null;
}

interface ReadDay {
  readonly trades: ReadonlyMap<string, readonly KnownTrade[]>;
  readonly damage: string | null;
}

/** Reads one file of the ledger. */
export async function readLedgerDay(base: CommitBase, path: string): Promise<LedgerDay> {
  const bytes = (await base.read(path)) ?? Buffer.alloc(0);
  const decoded = bytes.length === 0 ? { text: '', problems: [] } : decodeArtifact(bytes, path);
  const identities = decoded.problems.length === 0 ? certainIdentities(decoded.text) : null;
  const ids = identities === null ? null : new Set(identities.map(({ externalTradeId }) => externalTradeId));
  let read: ReadDay | null = bytes.length === 0 ? { trades: new Map(), damage: null } : null;
  const readInFull = (): ReadDay => {
    read ??= readDay(decoded, path);
    return read;
  };
  const isAbsent = (id: string): boolean => ids !== null && !ids.has(id);
  return {
    path,
    bytes,
    get trades() {
      return readInFull().trades;
    },
    get damage() {
      return readInFull().damage;
    },
    latest: (id) => (isAbsent(id) ? null : (readInFull().trades.get(id)?.at(-1) ?? null)),
    damageAround: (id) => (isAbsent(id) ? null : readInFull().damage),
  };
}

function readDay(decoded: DecodedArtifact, path: string): ReadDay {
  const trades = new Map<string, KnownTrade[]>();
  const parsed = parseTrades(decoded.text, path);
  const folded = foldLedger(parsed.records, path);
  for (const { record, firstRecordedAt } of folded.trades) {
    const epoch = epochOfSource(record.source);
    if (epoch === null) continue;
    const known = trades.get(record.externalTradeId) ?? [];
    known.push({ path, epoch, current: record, firstRecordedAt });
    known.sort((a, b) => a.epoch - b.epoch);
    trades.set(record.externalTradeId, known);
  }
  return { trades, damage: damageOf(decoded, parsed, path) };
}

/** A line that gives no record may hold any trade; a field that cannot be read is mended by the next revision. */
function damageOf(
  decoded: DecodedArtifact,
  parsed: ReturnType<typeof parseTrades>,
  path: string,
): string | null {
  const lines = decoded.text.split('\n').filter((line) => line.trim() !== '').length;
  if (decoded.text !== '' && lines === parsed.records.length) return null;
  const fault = [...decoded.problems, ...parsed.problems].find(({ severity }) => severity === 'error');
  return fault === undefined ? `${path}: a line gives no trade` : `${path}:${fault.line}: ${fault.message}`;
}

/** Appends lines to what is committed, on a line of their own even where the last one was left open. */
export function appendLines(bytes: Buffer, lines: Buffer): Buffer {
  if (bytes.length === 0) return lines;
  const closed = bytes.at(-1) === LINE_FEED;
  return Buffer.concat(closed ? [bytes, lines] : [bytes, Buffer.of(LINE_FEED), lines]);
}

const LINE_FEED = 10;
