import { foldLedger } from '../../../parsers/fold-ledger.js';
import { decodeArtifact } from '../../../parsers/text.js';
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

/** One file of the ledger. */
export interface LedgerDay {
  readonly path: string;
  /** Bytes as committed; empty where there is no such file yet. */
  readonly bytes: Buffer;
  /** MoHa's trades by id, the latest epoch last. */
  readonly trades: ReadonlyMap<string, readonly KnownTrade[]>;
  /** Where the file cannot be read in full: then nothing may be concluded from what is not in it. */
  readonly damage: string | null;
}

/** Reads one file of the ledger. */
export async function readLedgerDay(base: CommitBase, path: string): Promise<LedgerDay> {
  const bytes = (await base.read(path)) ?? Buffer.alloc(0);
  const trades = new Map<string, KnownTrade[]>();
  if (bytes.length === 0) return { path, bytes, trades, damage: null };
  const decoded = decodeArtifact(bytes, path);
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
  return { path, bytes, trades, damage: damageOf(decoded, parsed, path) };
}

/** A line that gives no record may hold any trade; a field that cannot be read is mended by the next revision. */
function damageOf(
  decoded: ReturnType<typeof decodeArtifact>,
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
