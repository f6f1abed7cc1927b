import { MavenError } from '../errors.js';

/** What an entry of a tree becomes. */
export interface TreeEdit {
  readonly name: string;
  /** Whether it is, or was, a folder. */
  readonly folder: boolean;
  /** Null = it goes. */
  readonly state: FoundEntry | null;
}

/** An entry found in a tree, without its name. */
export interface FoundEntry {
  readonly mode: string;
  readonly oid: string;
}

/** Finds one entry of a tree object by name; null when it has none. */
export function findInTree(tree: Buffer, name: string): FoundEntry | null {
  const wanted = Buffer.from(name);
  for (let at = 0; at < tree.length; ) {
    const entry = entryAt(tree, at);
    if (tree.compare(wanted, 0, wanted.length, entry.nameStart, entry.nameEnd) === 0)
      return foundAt(tree, at, entry);
    at = entry.end;
  }
  return null;
}

/**
 * Finds entries of one tree object, many times: what {@link findInTree} finds, without going through all of a large folder
 * each time.
 */
export function indexTree(tree: Buffer): (name: string) => FoundEntry | null {
  const starts = new Map<string, number>();
  for (let at = 0; at < tree.length; ) {
    const entry = entryAt(tree, at);
    const name = tree.toString('latin1', entry.nameStart, entry.nameEnd);
    if (!starts.has(name)) starts.set(name, at);
    at = entry.end;
  }
  return (name) => {
    // Bytes as latin1, since names have no encoding.
    const at = starts.get(Buffer.from(name).toString('latin1'));
    return at === undefined ? null : foundAt(tree, at, entryAt(tree, at));
  };
}

function foundAt(tree: Buffer, at: number, entry: Bounds): FoundEntry {
  return {
    mode: tree.toString('latin1', at, entry.nameStart - 1).padStart(6, '0'),
    oid: tree.toString('hex', entry.nameEnd + 1, entry.end),
  };
}

/**
 * Replaces or adds entries of a tree object; everything else is copied byte for byte.
 *
 * Bytes, because names have no encoding: reading them as text and writing them back would rename a neighbour.
 *
 * @param edits - at most one of a name, of the kind (file or folder) that the tree already has there.
 */
export function spliceTree(tree: Buffer, edits: readonly TreeEdit[]): Buffer {
  const waiting = edits
    .map((edit) => ({ key: sortKey(Buffer.from(edit.name), edit.folder), edit }))
    .sort((a, b) => Buffer.compare(a.key, b.key));
  const parts: Buffer[] = [];
  let copied = 0;
  let next = 0;
  for (let at = 0; at < tree.length && next < waiting.length; ) {
    const entry = entryAt(tree, at);
    const name = tree.subarray(entry.nameStart, entry.nameEnd);
    const key = isFolderAt(tree, at) ? sortKey(name, true) : name;
    for (let target = waiting[next]; target !== undefined; target = waiting[next]) {
      const order = Buffer.compare(target.key, key);
      if (order > 0) break;
      parts.push(tree.subarray(copied, at), formatEntry(target.edit));
      copied = order === 0 ? entry.end : at;
      next++;
      if (order === 0) break;
    }
    at = entry.end;
  }
  parts.push(tree.subarray(copied), ...waiting.slice(next).map(({ edit }) => formatEntry(edit)));
  return Buffer.concat(parts);
}

interface Bounds {
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly end: number;
}

/** Bounds of the entry that starts at an offset: mode, blank, name, NUL, 20 bytes of object name. */
function entryAt(tree: Buffer, at: number): Bounds {
  const nameStart = tree.indexOf(32, at) + 1;
  const nameEnd = tree.indexOf(0, nameStart);
  if (nameStart === 0 || nameEnd < 0 || nameEnd + 21 > tree.length) {
    throw new MavenError('GIT_FAILED', 'a tree object is malformed', {
      hint: 'run git fsck; restore the object from another clone',
    });
  }
  return { nameStart, nameEnd, end: nameEnd + 21 };
}

/** Git writes the mode of a folder as `40000`, and no other mode starts with a 4. */
function isFolderAt(tree: Buffer, at: number): boolean {
  return tree[at] === 0x34;
}

/** Git sorts folders as if their name ended in a slash. */
function sortKey(name: Buffer, isFolder: boolean): Buffer {
  return isFolder ? Buffer.concat([name, Buffer.from('/')]) : name;
}

function formatEntry({ name, state }: TreeEdit): Buffer {
  if (state === null) return Buffer.alloc(0);
  const { mode, oid } = state;
  return Buffer.concat([Buffer.from(`${mode.replace(/^0+/, '')} ${name}\0`), Buffer.from(oid, 'hex')]);
}
