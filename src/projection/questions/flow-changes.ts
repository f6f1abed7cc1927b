import { ARTIFACTS_ROOT } from '../../../parsers/artifact.js';
import { readBlobs } from '../../git/blobs.js';
import type { Repository } from '../../git/repository.js';
import { listArtifacts } from '../../git/tree.js';

/** Lines of flow records: each is a flow, or says of another one how it counts. */
export interface FlowChange {
  readonly added: number;
  /** Lines that are gone or edited: flows only ever grow, so this is a fault of its own. */
  readonly removed: number;
}

const FLOWS = `${ARTIFACTS_ROOT}/flows/`;

/** Counts the flow lines that one tree of artifacts has and the other has not. */
export async function flowChange(
  repository: Repository,
  trees: { readonly before: string | null; readonly after: string | null },
): Promise<FlowChange> {
  const [before, after] = [
    await flowFiles(repository, trees.before),
    await flowFiles(repository, trees.after),
  ];
  const same = (path: string): boolean => before.get(path)?.oid === after.get(path)?.oid;
  const [old, now] = [before, after].map((files) => [...files.values()].filter(({ path }) => !same(path)));
  const lines = new Map<string, number>();
  const count = async (entries: typeof old, step: number): Promise<void> => {
    for await (const { bytes } of readBlobs(repository, entries ?? []))
      for (const line of bytes.toString('utf8').split('\n'))
        if (line !== '') lines.set(line, (lines.get(line) ?? 0) + step);
  };
  await count(old, -1);
  await count(now, 1);
  const change = { added: 0, removed: 0 };
  for (const difference of lines.values()) {
    if (difference > 0) change.added += difference;
    else change.removed -= difference;
  }
  return change;
}

async function flowFiles(repository: Repository, tree: string | null) {
  const entries = tree === null ? [] : await listArtifacts(repository, tree);
  return new Map(entries.filter(({ path }) => path.startsWith(FLOWS)).map((entry) => [entry.path, entry]));
}
