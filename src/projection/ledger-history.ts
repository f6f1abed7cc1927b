import { ARTIFACTS_ROOT } from '../../parsers/artifact.js';
import { lostLines, type PlacedLine } from '../../parsers/lost-lines.js';
import { type BlobChange, blobHistory } from '../git/blob-history.js';
import { readBlobs } from '../git/blobs.js';
import type { Repository } from '../git/repository.js';
import type { Revision } from '../git/revision.js';
import { noteSoundCommit, readSoundCommit } from '../git/sound-commit.js';
import { listArtifacts } from '../git/tree.js';
import { type Finding, finding } from './finding.js';

const APPEND_ONLY_FOLDERS = [`${ARTIFACTS_ROOT}/trades`, `${ARTIFACTS_ROOT}/flows`];

/**
 * Checks that no line of a ledger was ever removed or changed, in all history this repository holds.
 *
 * A ledger that gains lines every five minutes has a hundred thousand versions a year. What this clone has once found
 * sound is not read again; a history in which anything was ever lost is read in full each time.
 *
 * A merge may put lines in another order, so lines are compared, not positions. A rewrite is mended by a commit that
 * puts back what it lost; what it had put in their place may go then.
 */
export async function checkLedgerHistory(
  repository: Repository,
  commit: string,
  artifactsTree: string,
): Promise<readonly Finding[]> {
  const sound = await readSoundCommit(repository, commit);
  const changes = await blobHistory(repository, commit, APPEND_ONLY_FOLDERS, sound);
  const lostAt = new Map<string, Loss>();
  const intruders = new Set<string>();
  // Oldest first: whether a line may go depends on how it came.
  for await (const { change, before, after } of pairs(repository, [...changes].reverse())) {
    if (isAppend(before, after)) continue;
    const keyOf = (line: string) => `${change.path} ${line}`;
    const [old, fresh] = [before.toString('utf8'), after.toString('utf8')];
    const lost = lostLines(old, fresh).filter(({ line }) => !intruders.has(keyOf(line)));
    if (lost.length === 0) continue;
    for (const { line, number } of lost) lostAt.set(keyOf(line), { change, line, number });
    for (const { line } of lostLines(fresh, old)) if (!lostAt.has(keyOf(line))) intruders.add(keyOf(line));
  }
  if (lostAt.size === 0) {
    if (sound !== commit) noteSoundCommit(repository, commit);
    return [];
  }
  const losses = [...lostAt.values()];
  const standing = await linesAt(repository, artifactsTree, new Set(losses.map(({ change }) => change.path)));
  const missing = losses.filter(({ change, line }) => standing.get(change.path)?.has(line) !== true);
  missing.sort((a, b) => (a.change.path < b.change.path ? -1 : 1));
  return [...groupByChange(missing)].map(([change, lost]) => rewritten(change, lost));
}

/** A line that a commit took out of a file, and where it stood there. */
interface Loss extends PlacedLine {
  readonly change: BlobChange;
}

/** Finds ledger lines of a revision that another tree does not have, as what a merge that has still to come would bring. */
export async function missingLedgerLines(
  repository: Repository,
  revision: Revision,
  artifactsTree: string | null,
): Promise<readonly Finding[]> {
  const missing = await lostLedgerLines(repository, revision.artifactsTree, artifactsTree);
  return missing.map(({ path, lost }) => notTaken(revision.commit, path, lost));
}

/** Lines that one file of a ledger has lost; at least one. */
export interface LostLedgerLines {
  readonly path: string;
  readonly lost: readonly PlacedLine[];
}

/**
 * Finds ledger lines of one tree that another does not have, in whatever order it has them.
 *
 * @param artifactsTree - null = there are no artifacts.
 */
export async function lostLedgerLines(
  repository: Repository,
  beforeTree: string | null,
  artifactsTree: string | null,
): Promise<readonly LostLedgerLines[]> {
  if (beforeTree === null) return [];
  const isLedger = ({ path }: { readonly path: string }): boolean =>
    APPEND_ONLY_FOLDERS.some((folder) => path.startsWith(`${folder}/`));
  const there = artifactsTree === null ? [] : await listArtifacts(repository, artifactsTree);
  const oids = new Map(there.map(({ path, oid }) => [path, oid]));
  const before = (await listArtifacts(repository, beforeTree)).filter(isLedger);
  const differing = before.filter(({ path, oid }) => oids.get(path) !== oid);
  const after = new Map<string, string>();
  const others = there.filter(({ path }) => differing.some((entry) => entry.path === path));
  for await (const { entry, bytes } of readBlobs(repository, others))
    after.set(entry.path, bytes.toString('utf8'));
  const missing: LostLedgerLines[] = [];
  for await (const { entry, bytes } of readBlobs(repository, differing)) {
    const lost = lostLines(bytes.toString('utf8'), after.get(entry.path) ?? '');
    if (lost.length > 0) missing.push({ path: entry.path, lost });
  }
  return missing;
}

function notTaken(commit: string, path: string, lost: readonly PlacedLine[]): Finding {
  return finding({
    code: 'LEDGER_REWRITTEN',
    severity: 'error',
    layer: 'artifacts',
    message: `${lost.length} ledger lines of ${commit.slice(0, 12)} are not in HEAD`,
    path,
    line: lost[0]?.number ?? 1,
    expected: lost[0]?.line ?? null,
    mend: `merge it (git merge ${commit.slice(0, 12)}); a branch that lost lines is not to be pushed`,
  });
}

function groupByChange(losses: readonly Loss[]): ReadonlyMap<BlobChange, Loss[]> {
  const groups = new Map<BlobChange, Loss[]>();
  for (const loss of losses) {
    const group = groups.get(loss.change);
    if (group === undefined) groups.set(loss.change, [loss]);
    else group.push(loss);
  }
  return groups;
}

/** The two versions of each change, read in one stream. */
async function* pairs(repository: Repository, changes: readonly BlobChange[]) {
  const wanted = changes.flatMap((change) => [
    { change, oid: change.oldOid },
    ...(change.newOid === null ? [] : [{ change, oid: change.newOid }]),
  ]);
  let before: Buffer | null = null;
  for await (const { entry, bytes } of readBlobs(repository, wanted)) {
    if (before === null && entry.change.newOid !== null) {
      before = bytes;
      continue;
    }
    yield { change: entry.change, before: before ?? bytes, after: before === null ? Buffer.alloc(0) : bytes };
    before = null;
  }
}

function isAppend(before: Buffer, after: Buffer): boolean {
  return (
    after.length >= before.length && after.subarray(0, before.length).equals(before) && before.at(-1) === 0x0a
  );
}

async function linesAt(
  repository: Repository,
  artifactsTree: string,
  paths: ReadonlySet<string>,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const entries = (await listArtifacts(repository, artifactsTree)).filter(({ path }) => paths.has(path));
  const lines = new Map<string, ReadonlySet<string>>();
  for await (const { entry, bytes } of readBlobs(repository, entries))
    lines.set(entry.path, new Set(bytes.toString('utf8').split('\n')));
  return lines;
}

function rewritten(change: BlobChange, lost: readonly Loss[]): Finding {
  const what = change.newOid === null ? 'deleted the file' : 'removed or changed lines';
  return finding({
    code: 'LEDGER_REWRITTEN',
    severity: 'error',
    layer: 'artifacts',
    message: `commit ${change.commit.slice(0, 12)} ${what}: ${lost.length} ledger lines are gone`,
    path: change.path,
    line: lost[0]?.number ?? 1,
    expected: lost[0]?.line ?? null,
    mend: `put the lines back (git show ${change.commit}^:${change.path}) and commit`,
  });
}
