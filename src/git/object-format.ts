import { MavenError } from '../errors.js';

/** One entry of a tree object. */
export interface TreeEntry {
  /** As git prints it, six digits: `100644`, `040000`. */
  readonly mode: string;
  /** Name as bytes: git promises no encoding. */
  readonly name: Buffer;
  readonly oid: string;
}

export interface CommitHeader {
  readonly tree: string;
  readonly parents: readonly string[];
  /** Seconds since 1970, as the committer's clock had it. */
  readonly committedAt: number;
}

export const folderMode = '040000';
export const submoduleMode = '160000';
export const symlinkMode = '120000';

/** Reads the entries of a tree object, in its order. */
export function parseTree(bytes: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(32, at);
    const end = bytes.indexOf(0, space + 1);
    if (space < 0 || end < 0 || end + 21 > bytes.length) throw damaged('tree');
    entries.push({
      mode: bytes.toString('latin1', at, space).padStart(6, '0'),
      name: bytes.subarray(space + 1, end),
      oid: bytes.toString('hex', end + 1, end + 21),
    });
    at = end + 21;
  }
  return entries;
}

/** Reads what the header of a commit object says of its place in history. */
export function parseCommit(bytes: Buffer): CommitHeader {
  const header = bytes.toString('latin1').split('\n\n', 1)[0] ?? '';
  const tree = /^tree ([0-9a-f]{40})$/m.exec(header)?.[1];
  if (tree === undefined) throw damaged('commit');
  const parents = [...header.matchAll(/^parent ([0-9a-f]{40})$/gm)].map((match) => match[1] ?? '');
  return { tree, parents, committedAt: Number(/^committer .* (\d+) [+-]\d{4}$/m.exec(header)?.[1] ?? 0) };
}

function damaged(what: string): MavenError {
  return new MavenError('GIT_FAILED', `a ${what} object is malformed`, {
    hint: 'run git fsck; restore the object from another clone',
  });
}
