import { isUtf8 } from 'node:buffer';
import { type ArtifactKind, artifactKind } from '../parsers/artifact.js';
import { conflictText } from '../parsers/conflict-text.js';
import { MavenError } from './errors.js';

/** The outcome of a merge: conflicts stand in the text between git's own markers. */
export interface MergedArtifact {
  readonly text: string;
  /** One line each; empty = merged cleanly. */
  readonly conflicts: readonly string[];
}

interface Versions {
  readonly path: string;
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
}

/**
 * Merges two versions of an artifact for git, with the same records whoever merges whom.
 *
 * @param base - common ancestor; '' = there is none.
 * @throws {@link MavenError} INPUT_INVALID when the path is of a kind that only a person can merge.
 * @see parsers/FORMATS.md#merging
 */
export async function mergeArtifact(
  path: string,
  base: string,
  ours: string,
  theirs: string,
): Promise<MergedArtifact> {
  const kind = artifactKind(path);
  const merge = kind === null ? undefined : MERGES[kind];
  if (kind === null || merge === undefined) {
    throw new MavenError('INPUT_INVALID', `${path} is not merged record by record`, {
      hint: 'merge it by hand; see .gitattributes',
    });
  }
  if (ours === theirs) return { text: ours, conflicts: [] };
  return merge({ path, base, ours, theirs });
}

/**
 * The same for the bytes of any file, as a merge without native git needs it.
 *
 * @returns the merged bytes; or why only a person can merge them.
 */
export async function mergeBytes(
  path: string,
  base: Buffer,
  ours: Buffer,
  theirs: Buffer,
): Promise<{ readonly bytes: Buffer } | { readonly why: string }> {
  const kind = artifactKind(path);
  if (kind === null || MERGES[kind] === undefined) return { why: 'changed on both sides' };
  // As text they would become other bytes.
  if (![base, ours, theirs].every((bytes) => isUtf8(bytes))) return { why: 'one side is not UTF-8' };
  const [before, our, their] = [base, ours, theirs].map((bytes) => bytes.toString('utf8'));
  const { text, conflicts } = await mergeArtifact(path, before ?? '', our ?? '', their ?? '');
  return conflicts.length === 0 ? { bytes: Buffer.from(text) } : { why: conflicts.slice(0, 3).join('; ') };
}

type Merge = (versions: Versions) => Promise<MergedArtifact>;

function byRecord(kind: 'trades' | 'flows' | 'conversation' | 'runs' | 'session_log'): Merge {
  return async ({ base, ours, theirs }) => {
    const { mergeRecords } = await import('../parsers/merge-records.js');
    return mergeRecords(kind, base, ours, theirs);
  };
}

const MERGES: Readonly<Partial<Record<ArtifactKind, Merge>>> = {
  trades: byRecord('trades'),
  flows: byRecord('flows'),
  conversation: byRecord('conversation'),
  runs: byRecord('runs'),
  session_log: byRecord('session_log'),
  identity: mergeDocument,
  infrastructure: mergeDocument,
  state: mergeState,
  snapshot: chooseSnapshot,
  metrics: chooseMetrics,
};

async function mergeDocument({ path, base, ours, theirs }: Versions): Promise<MergedArtifact> {
  const { formatIdentity, parseIdentity } = await import('../parsers/identity.js');
  const { mergeObjects } = await import('../parsers/merge-objects.js');
  const [before, our, their] = [base, ours, theirs].map(
    (text) => parseIdentity(text, path).records[0]?.record.json,
  );
  if (our === undefined || their === undefined) return undecided(ours, theirs, 'one side is no JSON object');
  const { json, conflicts } = mergeObjects(before ?? '{}', our, their);
  return json === null
    ? { text: conflictText(ours, theirs), conflicts }
    : { text: formatIdentity({ json }), conflicts };
}

async function mergeState({ path, ours, theirs }: Versions): Promise<MergedArtifact> {
  const { parseState } = await import('../parsers/state.js');
  const source = parseState(ours, path).records[0]?.record.source ?? '';
  const { MOHA } = await import('./ledger/sync-trades/sync-state.js');
  const { mergeSyncState } = await import('./ledger/sync-trades/merge-sync-state.js');
  const { mergeSnapshotState } = await import('./ledger/snapshot/merge-snapshot-state.js');
  const merged = (source === MOHA ? mergeSyncState : mergeSnapshotState)(ours, theirs, path);
  return merged === null
    ? undecided(ours, theirs, 'one side is not a state that this version can read')
    : { text: merged, conflicts: [] };
}

/** Two clones took a snapshot in the same second: the complete one, then the one that was recorded first. */
async function chooseSnapshot({ path, ours, theirs }: Versions): Promise<MergedArtifact> {
  const { parseSnapshot } = await import('../parsers/snapshot.js');
  return choose(ours, theirs, (text) => {
    const record = parseSnapshot(text, path).records[0]?.record;
    if (record === undefined) return null;
    return [record.quality.status === 'complete' ? '0' : '1', record.recordedAt, text];
  });
}

/** Derived, and of two ledgers that are now one: neither may be right, the newer one less often wrong until they are counted anew. */
async function chooseMetrics({ path, ours, theirs }: Versions): Promise<MergedArtifact> {
  const { parseMetrics } = await import('../parsers/metrics.js');
  return choose(ours, theirs, (text) => {
    const record = parseMetrics(text, path).records[0]?.record;
    // The later of two times must rank lower; version 1 tells none.
    return record === undefined ? null : [complement(record.detail?.asOf ?? '0000'), text];
  });
}

/** @param rankOf - the lower one wins, part by part; null = unreadable, which loses against anything that can be read. */
function choose(
  ours: string,
  theirs: string,
  rankOf: (text: string) => readonly string[] | null,
): MergedArtifact {
  const [our, their] = [rankOf(ours), rankOf(theirs)];
  if (our === null && their === null) return undecided(ours, theirs, 'neither side can be read');
  if (our === null) return { text: theirs, conflicts: [] };
  if (their === null) return { text: ours, conflicts: [] };
  const at = our.findIndex((part, i) => part !== their[i]);
  return { text: at < 0 || (our[at] ?? '') < (their[at] ?? '') ? ours : theirs, conflicts: [] };
}

/** Turns the order of digits around. */
function complement(time: string): string {
  return time.replace(/\d/g, (digit) => String(9 - Number(digit)));
}

function undecided(ours: string, theirs: string, why: string): MergedArtifact {
  return { text: conflictText(ours, theirs), conflicts: [why] };
}
