import fs from 'node:fs';
import { codeOf } from '../errors.js';
import { nodeDisk } from './disk.js';
import { loadIsomorphicGit } from './isomorphic.js';
import { parseCommit } from './object-format.js';
import { type ObjectReader, openObjectReader } from './object-reader.js';
import { isOid, readHead, readRef } from './refs.js';
import type { Repository } from './repository.js';

/** Where git looks for a short name, first match wins. */
const refPlaces = ['', 'refs/', 'refs/tags/', 'refs/heads/', 'refs/remotes/'] as const;

/**
 * Finds a commit by name without native git: HEAD, a branch, a tag, a whole or short object name, each with any number
 * of `~n` and `^n` behind it.
 *
 * @returns null when there is no such commit, or the name is of a kind only native git knows (`main@{yesterday}`).
 */
export async function resolveWithoutGit(repo: Repository, revision: string): Promise<string | null> {
  const parsed = /^([^~^]+)((?:[~^][0-9]*)*)$/.exec(revision);
  if (parsed === null) return null;
  const reader = openObjectReader(repo);
  try {
    let commit = await peel(reader, await lookUp(repo, parsed[1] ?? ''));
    for (const [, kind, digits] of (parsed[2] ?? '').matchAll(/([~^])([0-9]*)/g)) {
      const count = digits === '' ? 1 : Number(digits);
      commit = kind === '~' ? await ancestor(reader, commit, count) : await parent(reader, commit, count);
    }
    return commit;
  } finally {
    await reader.close();
  }
}

async function lookUp(repo: Repository, name: string): Promise<string | null> {
  if (name === 'HEAD' || name === '@') return readHead(nodeDisk, repo).commit;
  if (isOid(name)) return name;
  if (!/\.\.|\/\/|^\/|\/$|[\u0000-\u0020:?*[\\]/.test(name)) {
    for (const place of refPlaces) {
      const ref = `${place}${name}`;
      if (place === '' && !ref.startsWith('refs/')) continue;
      const found = readRef(nodeDisk, repo, ref);
      if (found !== null) return found;
    }
  }
  return /^[0-9a-f]{4,39}$/.test(name) ? expand(repo, name) : null;
}

async function expand(repo: Repository, short: string): Promise<string | null> {
  const git = await loadIsomorphicGit();
  try {
    return await git.expandOid({ fs, gitdir: repo.commonDir, oid: short });
  } catch (error) {
    // Ambiguous is not found either: naming one of several would be a guess.
    if (codeOf(error) === 'NotFoundError' || codeOf(error) === 'AmbiguousError') return null;
    throw error;
  }
}

/** Follows annotated tags to the commit. */
async function peel(reader: ObjectReader, start: string | null): Promise<string | null> {
  let oid = start;
  for (let depth = 0; oid !== null && depth < 10; depth++) {
    const object = await reader.read(oid);
    if (object?.type === 'commit') return oid;
    if (object?.type !== 'tag') return null;
    oid = /^object ([0-9a-f]{40})$/m.exec(object.bytes.toString('latin1'))?.[1] ?? null;
  }
  return null;
}

async function ancestor(reader: ObjectReader, start: string | null, count: number): Promise<string | null> {
  let commit = start;
  for (let step = 0; commit !== null && step < count; step++) commit = await parent(reader, commit, 1);
  return commit;
}

async function parent(reader: ObjectReader, commit: string | null, which: number): Promise<string | null> {
  if (commit === null || which === 0) return commit;
  const object = await reader.read(commit);
  return object?.type === 'commit' ? (parseCommit(object.bytes).parents[which - 1] ?? null) : null;
}
