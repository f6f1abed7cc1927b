import { objectNotFound } from './cat-file.js';
import { reaches, shallowCommits } from './commit-walk.js';
import { parseCommit } from './object-format.js';
import { type ObjectReader, openObjectReader } from './object-reader.js';
import type { Repository } from './repository.js';

/** How two commits stand to each other. */
export interface Kinship {
  /** The best common ancestors; none for histories that have nothing in common, several after merges crosswise. */
  readonly bases: readonly string[];
  /** What the second reaches and the first does not; where clocks were wrong, maybe some that both reach. */
  readonly theirsOnly: readonly string[];
}

const OURS = 1;
const THEIRS = 2;
/** An ancestor of a common ancestor: nothing below it matters. */
const STALE = 4;

/**
 * Finds the best common ancestors of commits and another one, without native git.
 *
 * Newest first from both ends, as git does it: the cost follows how far the two have gone apart, not the length of the
 * history. A shallow clone ends where its history does.
 *
 * @throws {@link MavenError} OBJECT_NOT_FOUND.
 */
export async function kinshipOf(repo: Repository, ours: readonly string[], theirs: string): Promise<Kinship> {
  const reader = openObjectReader(repo);
  const shallow = shallowCommits(repo);
  const flags = new Map<string, number>();
  const queue: Waiting[] = [];
  const paint = async (oid: string, flag: number): Promise<void> => {
    const before = flags.get(oid) ?? 0;
    if ((before & flag) === flag) return;
    flags.set(oid, before | flag);
    insert(queue, await commitOf(repo, reader, oid));
  };
  const found = new Set<string>();
  try {
    for (const oid of ours) await paint(oid, OURS);
    await paint(theirs, THEIRS);
    while (queue.some(({ oid }) => ((flags.get(oid) ?? 0) & STALE) === 0)) {
      const commit = queue.pop();
      if (commit === undefined) break;
      let flag = flags.get(commit.oid) ?? 0;
      if (flag === (OURS | THEIRS)) {
        found.add(commit.oid);
        flag |= STALE;
      }
      if (shallow.has(commit.oid)) continue;
      for (const parent of commit.parents) await paint(parent, flag);
    }
  } finally {
    await reader.close();
  }
  const bases = [...found].filter((oid) => ((flags.get(oid) ?? 0) & STALE) === 0);
  const theirsOnly = [...flags].flatMap(([oid, flag]) => (flag === THEIRS ? [oid] : []));
  return { bases: await withoutAncestors(repo, bases), theirsOnly };
}

/**
 * Lists a commit and those before it, newest first, at most so many.
 *
 * @throws {@link MavenError} OBJECT_NOT_FOUND.
 */
export async function readHistory(
  repo: Repository,
  commit: string,
  most: number,
): Promise<readonly string[]> {
  const reader = openObjectReader(repo);
  const shallow = shallowCommits(repo);
  const seen = new Set([commit]);
  const listed: string[] = [];
  try {
    const queue = [await commitOf(repo, reader, commit)];
    for (let next = queue.pop(); next !== undefined && listed.length < most; next = queue.pop()) {
      listed.push(next.oid);
      if (shallow.has(next.oid)) continue;
      for (const parent of next.parents) {
        if (seen.has(parent)) continue;
        seen.add(parent);
        insert(queue, await commitOf(repo, reader, parent));
      }
    }
  } finally {
    await reader.close();
  }
  return listed;
}

interface Waiting {
  readonly oid: string;
  readonly parents: readonly string[];
  readonly committedAt: number;
}

async function commitOf(repo: Repository, reader: ObjectReader, oid: string): Promise<Waiting> {
  const object = await reader.read(oid);
  if (object?.type !== 'commit') throw objectNotFound(repo, oid, 'commit');
  const { parents, committedAt } = parseCommit(object.bytes);
  return { oid, parents, committedAt };
}

/** The newest stands last. */
function insert(queue: Waiting[], commit: Waiting): void {
  let [low, high] = [0, queue.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((queue[middle]?.committedAt ?? 0) < commit.committedAt) low = middle + 1;
    else high = middle;
  }
  queue.splice(low, 0, commit);
}

/** Where clocks were wrong, an ancestor of a base may pass for another one. */
async function withoutAncestors(repo: Repository, bases: readonly string[]): Promise<readonly string[]> {
  const best: string[] = [];
  for (const base of bases) {
    let isAncestor = false;
    for (const other of bases) isAncestor ||= other !== base && (await reaches(repo, other, base));
    if (!isAncestor) best.push(base);
  }
  return best;
}
