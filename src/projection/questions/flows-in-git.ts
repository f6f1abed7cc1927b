import { ARTIFACTS_ROOT, artifactKind } from '../../../parsers/artifact.js';
import { type FlowArchive, type FlowFile, flowArchive, readFlowFile } from '../../../parsers/flow-archive.js';
import { readBlobs } from '../../git/blobs.js';
import { folderMode, parseTree } from '../../git/object-format.js';
import { type ObjectReader, openObjectReader } from '../../git/object-reader.js';
import type { Repository } from '../../git/repository.js';
import { type ArtifactEntry, listBelow } from '../../git/tree.js';

/**
 * Reads the flows of a commit. They have no table: a year of them is a dozen small files, found without a look at the
 * rest of the artifacts.
 *
 * @param artifactsTree - null = the commit has no artifacts.
 * @throws {@link MavenError} OBJECT_NOT_FOUND, GIT_FAILED.
 */
export async function flowsInGit(repository: Repository, artifactsTree: string | null): Promise<FlowArchive> {
  const files: FlowFile[] = [];
  for await (const { entry, bytes } of readBlobs(repository, await listFlowFiles(repository, artifactsTree)))
    files.push(readFlowFile(bytes, entry.path));
  return flowArchive(files);
}

async function listFlowFiles(
  repository: Repository,
  artifactsTree: string | null,
): Promise<readonly ArtifactEntry[]> {
  if (artifactsTree === null) return [];
  const reader = openObjectReader(repository);
  try {
    const folder = await folderNamed(reader, artifactsTree, 'flows');
    if (folder === null) return [];
    const entries = await listBelow(repository, reader, folder, `${ARTIFACTS_ROOT}/flows`);
    return entries.filter(({ path, mode }) => artifactKind(path) === 'flows' && mode.startsWith('100'));
  } finally {
    await reader.close();
  }
}

async function folderNamed(reader: ObjectReader, tree: string, name: string): Promise<string | null> {
  const object = await reader.read(tree);
  if (object?.type !== 'tree') return null;
  const found = parseTree(object.bytes).find((entry) => entry.name.toString('latin1') === name);
  return found?.mode === folderMode ? found.oid : null;
}
