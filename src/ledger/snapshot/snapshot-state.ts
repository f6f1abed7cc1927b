import { readJsonObject } from '../../../parsers/json-text.js';
import { statePath } from '../../../parsers/paths.js';
import { formatState, parseState } from '../../../parsers/state.js';
import { decodeArtifact } from '../../../parsers/text.js';
import { isCanonicalTime } from '../../../parsers/time.js';
import type { CommitBase } from '../../git/commit.js';

/** How far git has come with one account. */
export interface AccountProgress {
  /** Every flow up to this moment of the exchange's clock is in git; also the moment of the snapshot that read them. */
  readonly flowsUntil: string;
  /** Path of the first complete snapshot; null = there is none, or it must be looked for. */
  readonly firstComplete: string | null;
  /**
   * How many snapshot files are older than that one, of whatever account; null = not known. Another number than there are
   * = a merge brought older ones, and the first must be looked for.
   */
  readonly snapshotsBefore: number | null;
  /** Tokens held that had a price when last one was asked for, in order of name. */
  readonly priced: readonly string[];
}

/** The state of one source, as `state/<source>.json` keeps it: all that a fresh clone needs to go on. */
export interface SnapshotState {
  /** By account. */
  readonly accounts: ReadonlyMap<string, AccountProgress>;
  /** The file is there, and cannot be used: then flows are read from the account's beginning, and none written twice. */
  readonly unreadable: boolean;
}

const EMPTY: SnapshotState = { accounts: new Map(), unreadable: false };

/** Reads the state of a source from a commit. A watermark that is only half right is not used. */
export async function readSnapshotState(base: CommitBase, source: string): Promise<SnapshotState> {
  const path = statePath(source);
  const bytes = await base.read(path);
  if (bytes === null) return EMPTY;
  const accounts = readSnapshotStateText(decodeArtifact(bytes, path).text, path);
  return accounts === null ? { ...EMPTY, unreadable: true } : { accounts, unreadable: false };
}

/** Reads the text of a state file. @returns null = unreadable in any part. */
export function readSnapshotStateText(text: string, path: string): SnapshotState['accounts'] | null {
  const { records, problems } = parseState(text, path);
  const record = records[0]?.record;
  return record === undefined || problems.length > 0 ? null : accountsOf(JSON.parse(record.state) as unknown);
}

/** Writes the state file, accounts in order of name. */
export function formatSnapshotState(
  source: string,
  accounts: ReadonlyMap<string, AccountProgress>,
  recordedAt: string,
): string {
  const entries = [...accounts]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([account, { flowsUntil, firstComplete, snapshotsBefore, priced }]) => [
      account,
      {
        flows_until: flowsUntil,
        first_complete: firstComplete,
        ...(snapshotsBefore === null ? {} : { snapshots_before: snapshotsBefore }),
        ...(priced.length === 0 ? {} : { priced }),
      },
    ]);
  const json = readJsonObject(JSON.stringify({ accounts: Object.fromEntries(entries) }));
  if (!('json' in json)) throw new Error(`the state of snapshots cannot be written: ${json.fault.message}`);
  return formatState({ source, recordedAt, state: json.json });
}

/** @returns null = of another form. */
function accountsOf(state: unknown): ReadonlyMap<string, AccountProgress> | null {
  const { accounts } = state as { readonly accounts?: unknown };
  if (typeof accounts !== 'object' || accounts === null) return null;
  const read = new Map<string, AccountProgress>();
  for (const [account, progress] of Object.entries(accounts as Readonly<Record<string, unknown>>)) {
    if (typeof progress !== 'object' || progress === null) return null;
    const {
      flows_until: flowsUntil,
      first_complete: firstComplete,
      snapshots_before: before = null,
      priced = [],
    } = progress as Record<string, unknown>;
    if (typeof flowsUntil !== 'string' || !isCanonicalTime(flowsUntil)) return null;
    if (firstComplete !== null && typeof firstComplete !== 'string') return null;
    if (before !== null && !Number.isSafeInteger(before)) return null;
    if (!Array.isArray(priced) || priced.some((coin) => typeof coin !== 'string')) return null;
    read.set(account, {
      flowsUntil,
      firstComplete,
      snapshotsBefore: before as number | null,
      priced: priced as readonly string[],
    });
  }
  return read;
}
