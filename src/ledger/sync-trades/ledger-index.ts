import { ARTIFACTS_ROOT, artifactKind } from '../../../parsers/artifact.js';
import { decodeArtifact } from '../../../parsers/text.js';
import { type TradeIdentity, tradeIdentities } from '../../../parsers/trade-keys.js';
import type { CommitBase } from '../../git/commit.js';
import { epochOfSource } from './sync-state.js';

/** Which files of the ledger hold a trade of MoHa. */
export interface LedgerIndex {
  /** @returns paths, in order; empty = no file holds the id in any epoch. */
  pathsOf(id: string): readonly string[];
  /** Highest id that is a whole number, of any epoch; null = there is none. */
  readonly highest: string | null;
}

/**
 * Reads the ids of the whole ledger.
 *
 * Needed only where an id may be known and is not in the file of its day: a trade whose time of opening was corrected, a
 * row that committed long after its neighbours, ids that were given out again. Sixteen bytes a trade.
 */
export async function readLedgerIndex(base: CommitBase): Promise<LedgerIndex> {
  const paths: string[] = [];
  const entries: { ids: Float64Array; path: number }[] = [];
  const odd = new Map<string, Set<number>>();
  for await (const { path, identities } of ledgerIdentities(base)) {
    const number = paths.push(path) - 1;
    const ids: number[] = [];
    for (const { source, externalTradeId: id } of identities) {
      if (epochOfSource(source) === null) continue;
      const value = Number(id);
      if (Number.isSafeInteger(value) && String(value) === id) ids.push(value);
      else odd.set(id, (odd.get(id) ?? new Set()).add(number));
    }
    entries.push({ ids: Float64Array.from(new Set(ids)).sort(), path: number });
  }
  const numbers = [...entries.map(({ ids }) => ids.at(-1)), ...odd.keys()];
  const highest = numbers.reduce<bigint | null>((high, id) => {
    if (id === undefined || !/^\d{1,20}$/.test(String(id))) return high;
    return high === null || BigInt(id) > high ? BigInt(id) : high;
  }, null);
  return {
    highest: highest === null ? null : String(highest),
    pathsOf: (id) => {
      const value = Number(id);
      const found = entries.filter(({ ids }) => includes(ids, value)).map(({ path }) => path);
      const all = new Set([...found, ...(odd.get(id) ?? [])]);
      return [...all].sort((a, b) => a - b).flatMap((path) => paths[path] ?? []);
    },
  };
}

/** Streams the identities of every line, file by file. */
export async function* ledgerIdentities(
  base: CommitBase,
): AsyncGenerator<{ readonly path: string; readonly identities: readonly TradeIdentity[] }> {
  for (const path of await base.list(`${ARTIFACTS_ROOT}/trades`)) {
    const bytes = artifactKind(path) === 'trades' ? await base.read(path) : null;
    if (bytes !== null) yield { path, identities: tradeIdentities(decodeArtifact(bytes, path).text, path) };
  }
}

function includes(sorted: Float64Array, value: number): boolean {
  let low = 0;
  let high = sorted.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = sorted[middle] ?? Number.NaN;
    if (found === value) return true;
    if (found < value) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}
