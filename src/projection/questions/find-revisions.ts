import { artifactKind } from '../../../parsers/artifact.js';
import type { Located } from '../../../parsers/problem.js';
import { decodeArtifact } from '../../../parsers/text.js';
import { parseTrades, type TradeRevision, tradeFact, tradeKey } from '../../../parsers/trades.js';
import { readBlobs } from '../../git/blobs.js';
import type { Repository } from '../../git/repository.js';
import { listArtifacts } from '../../git/tree.js';

/** The lines of one ledger file that speak of the trades asked for. */
export interface FoundRevisions {
  readonly path: string;
  /** By number, each content once; with the line as it stands in the file, without its end. */
  readonly revisions: readonly (Located<TradeRevision> & { readonly bytes: Buffer })[];
  /** Lines that name such a trade and cannot be read. */
  readonly unreadable: readonly { readonly line: number; readonly message: string }[];
}

/**
 * Scans the ledger for every trade of one name.
 *
 * @param key - `source/id`, or an id alone, which may occur under several sources.
 * @returns only files that hold any, by path.
 */
export async function findRevisions(
  repository: Repository,
  artifactsTree: string,
  key: string,
): Promise<readonly FoundRevisions[]> {
  // The last part of a key is always part of the id, whatever slashes are in it.
  const id = key.slice(key.lastIndexOf('/') + 1);
  if (id === '') return [];
  const entries = (await listArtifacts(repository, artifactsTree)).filter(
    ({ path, mode }) => artifactKind(path) === 'trades' && mode.startsWith('100'),
  );
  const found: FoundRevisions[] = [];
  for await (const { entry, bytes } of readBlobs(repository, entries)) {
    const inFile = findInFile(bytes, entry.path, key, id);
    if (inFile.revisions.length + inFile.unreadable.length > 0) found.push(inFile);
  }
  return found;
}

/** Ways in which JSON may hide the characters of an id: read such lines too. */
const ESCAPES = ['\\u', '\\/', '\\"', '\\\\'] as const;

function findInFile(bytes: Buffer, path: string, key: string, id: string): FoundRevisions {
  const mayName = (text: Buffer | string): boolean =>
    text.includes(id) || ESCAPES.some((sign) => text.includes(sign));
  if (!mayName(bytes)) return { path, revisions: [], unreadable: [] };
  // Lines that do not speak of it are blanked, not removed: the others keep their numbers.
  const lines = decodeArtifact(bytes, path).text.split('\n');
  const text = lines.map((line) => (mayName(line) ? line : '')).join('\n');
  const { records, problems } = parseTrades(text, path);
  const ofTrade = records.filter(({ record }) => record.externalTradeId === key || tradeKey(record) === key);
  const read = new Set(records.map(({ line }) => line));
  const names = (line: number): boolean => lines[line - 1]?.includes(`"${id}"`) === true;
  return {
    path,
    revisions: withBytes(onceEach(ofTrade), bytes),
    unreadable: problems.filter(
      ({ severity, line }) => severity === 'error' && !read.has(line) && names(line),
    ),
  };
}

/** A merge may leave one revision twice, also as two clones recorded it; that is one, of the earlier time. */
function onceEach(revisions: readonly Located<TradeRevision>[]): readonly Located<TradeRevision>[] {
  const facts = new Map<string, Located<TradeRevision>>();
  for (const revision of revisions) {
    const fact = tradeFact(revision.record);
    const known = facts.get(fact);
    if (known === undefined || revision.record.recordedAt < known.record.recordedAt)
      facts.set(fact, revision);
  }
  return [...facts.values()].sort(
    (left, right) => left.record.revision - right.record.revision || left.line - right.line,
  );
}

function withBytes(revisions: readonly Located<TradeRevision>[], bytes: Buffer): FoundRevisions['revisions'] {
  if (revisions.length === 0) return [];
  const starts = lineStarts(bytes);
  return revisions.map((revision) => {
    const start = starts[revision.line - 1] ?? 0;
    const next = starts[revision.line];
    const line = bytes.subarray(start, next === undefined ? bytes.length : next - 1);
    return { ...revision, bytes: line.at(-1) === 13 ? line.subarray(0, -1) : line };
  });
}

function lineStarts(bytes: Buffer): readonly number[] {
  const starts = [0];
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) starts.push(at + 1);
  return starts;
}
