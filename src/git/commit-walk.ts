import { join } from 'node:path';
import { objectNotFound } from './cat-file.js';
import { nodeDisk } from './disk.js';
import { parseCommit } from './object-format.js';
import { type ObjectReader, openObjectReader } from './object-reader.js';
import type { Repository } from './repository.js';

/** Walks history without native git: slower by far, the same answers. */

/** Tells whether a commit can be reached from another through parents. */
export async function reaches(repo: Repository, start: string, target: string): Promise<boolean> {
  const found = await walk(repo, start, (commit) => commit === target);
  return found.has(target);
}

/** Counts the commits that one commit reaches and another does not. */
export async function countBetween(
  repo: Repository,
  fromExclusive: string,
  toInclusive: string,
): Promise<number> {
  return (await commitsBetween(repo, fromExclusive, toInclusive)).size;
}

/** Names the commits that one commit reaches and another does not. */
export async function commitsBetween(
  repo: Repository,
  fromExclusive: string,
  toInclusive: string,
): Promise<ReadonlySet<string>> {
  const known = await walk(repo, fromExclusive, () => false);
  return walk(repo, toInclusive, () => false, known);
}

/** Collects the commits reachable from a start, without those already known, until one is the last wanted. */
async function walk(
  repo: Repository,
  start: string,
  isLast: (commit: string) => boolean,
  known: ReadonlySet<string> = new Set(),
): Promise<ReadonlySet<string>> {
  const reader = openObjectReader(repo);
  const shallow = shallowCommits(repo);
  const seen = new Set<string>();
  try {
    const waiting = [start];
    for (let commit = waiting.pop(); commit !== undefined; commit = waiting.pop()) {
      if (seen.has(commit) || known.has(commit)) continue;
      seen.add(commit);
      if (isLast(commit)) break;
      // A shallow clone ends here; the parents are named but not there.
      if (!shallow.has(commit)) waiting.push(...(await parentsOf(repo, reader, commit)));
    }
  } finally {
    await reader.close();
  }
  return seen;
}

async function parentsOf(repo: Repository, reader: ObjectReader, commit: string): Promise<readonly string[]> {
  const object = await reader.read(commit);
  if (object?.type !== 'commit') throw objectNotFound(repo, commit, 'commit');
  return parseCommit(object.bytes).parents;
}

/** The commits at which a shallow clone ends: their parents are named but not there. */
export function shallowCommits(repo: Repository): ReadonlySet<string> {
  const text = nodeDisk.readFile(join(repo.commonDir, 'shallow'))?.toString('latin1') ?? '';
  return new Set(text.split('\n').filter((line) => line !== ''));
}
