import type { FoldedTrade } from '../../../parsers/fold-ledger.js';
import { foldLedger } from '../../../parsers/fold-ledger.js';
import { decodeArtifact } from '../../../parsers/text.js';
import { parseTrades } from '../../../parsers/trades.js';
import type { CommitBase } from '../../git/commit.js';
import { inputInvalid } from '../input.js';
import { ledgerIdentities } from './ledger-index.js';

/** A trade and the ledger file it stays in. */
export interface FoundTrade extends FoldedTrade {
  readonly path: string;
  readonly bytes: Buffer;
}

/**
 * Finds a trade by its key (`moha/123`, `moha@2/123`), or by its id alone where only one source has it.
 *
 * @throws {@link MavenError} INPUT_INVALID when there is none, or more than one.
 */
export async function findTrade(base: CommitBase, key: string): Promise<FoundTrade> {
  const slash = key.indexOf('/');
  const source = slash === -1 ? null : key.slice(0, slash);
  const id = key.slice(slash + 1);
  const places = new Map<string, string>();
  for await (const { path, identities } of ledgerIdentities(base)) {
    for (const trade of identities) {
      if (trade.externalTradeId !== id || (source !== null && trade.source !== source)) continue;
      const found = `${trade.source}/${id}`;
      if (!places.has(found)) places.set(found, path);
    }
  }
  const [place, ...others] = places;
  if (place === undefined) {
    throw inputInvalid(`the ledger has no trade ${JSON.stringify(key.slice(0, 64))}`, 'see maven-git trades');
  }
  if (others.length > 0) {
    const keys = [...places.keys()].join(', ');
    throw inputInvalid(
      `${JSON.stringify(key.slice(0, 64))} may be each of ${keys}`,
      'name one of them in full',
    );
  }
  const [found, path] = place;
  return readTrade(base, found, path);
}

async function readTrade(base: CommitBase, key: string, path: string): Promise<FoundTrade> {
  const bytes = (await base.read(path)) ?? Buffer.alloc(0);
  const { records } = parseTrades(decodeArtifact(bytes, path).text, path);
  const trade = foldLedger(records, path).trades.find((candidate) => candidate.key === key);
  if (trade !== undefined) return { ...trade, path, bytes };
  throw inputInvalid(
    `${key} cannot be read in ${path}`,
    'run maven-git verify --artifacts-only and mend the file',
  );
}
