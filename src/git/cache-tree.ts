interface Node {
  readonly name: Buffer;
  /** Number of index entries below; -1: changed, to be computed anew. */
  readonly count: number;
  readonly oid: Buffer;
  readonly children: readonly Node[];
}

/**
 * Marks the folders of changed paths in the index's `TREE` extension, git's memory of which tree each folder is.
 *
 * A folder left marked as unchanged would be committed as it was: git would drop our files from the next commit.
 *
 * @returns the extension's new content; null when it is malformed, and must be left out.
 */
export function invalidateCacheTree(content: Buffer, paths: readonly string[]): Buffer | null {
  const parsed = parseNode(content, 0);
  if (parsed === null || parsed.end !== content.length) return null;
  const folders = paths.map((path) => path.split('/').slice(0, -1));
  return formatNode(invalidate(parsed.node, folders));
}

function invalidate(node: Node, folders: readonly (readonly string[])[]): Node {
  const children = node.children.map((child) => {
    const name = child.name.toString('utf8');
    const below = folders.filter((parts) => parts[0] === name).map((parts) => parts.slice(1));
    return below.length === 0 ? child : invalidate(child, below);
  });
  return { name: node.name, count: -1, oid: Buffer.alloc(0), children };
}

/** Name, NUL, number of entries, blank, number of children, line end, object name when the number is not negative. */
function parseNode(content: Buffer, start: number): { readonly node: Node; readonly end: number } | null {
  const nameEnd = content.indexOf(0, start);
  const lineEnd = content.indexOf(10, nameEnd + 1);
  if (nameEnd < 0 || lineEnd < 0) return null;
  const counts = /^(-?[0-9]+) ([0-9]+)$/.exec(content.toString('latin1', nameEnd + 1, lineEnd));
  if (counts === null) return null;
  const count = Number(counts[1]);
  let end = lineEnd + 1 + (count < 0 ? 0 : 20);
  if (end > content.length) return null;
  const oid = content.subarray(lineEnd + 1, end);
  const children: Node[] = [];
  for (let left = Number(counts[2]); left > 0; left--) {
    const child = parseNode(content, end);
    if (child === null) return null;
    children.push(child.node);
    end = child.end;
  }
  return { node: { name: content.subarray(start, nameEnd), count, oid, children }, end };
}

function formatNode(node: Node): Buffer {
  const counts = Buffer.from(`\0${node.count} ${node.children.length}\n`);
  return Buffer.concat([node.name, counts, node.oid, ...node.children.map(formatNode)]);
}
