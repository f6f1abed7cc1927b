import { artifactKind } from '../../../parsers/artifact.js';
import { type FlowArchive, type FlowFile, flowArchive, readFlowFile } from '../../../parsers/flow-archive.js';
import type { AccountKey } from '../../../parsers/flow-book.js';
import { type FlowStates, flowStates } from '../../../parsers/flow-states.js';
import { readBlobs } from '../../git/blobs.js';
import type { Repository } from '../../git/repository.js';
import type { ArtifactEntry } from '../../git/tree.js';

/** Every flow of one revision, as they count now and as they counted then. */
export interface FlowsOfRevision extends Pick<FlowArchive, 'faultBetween'> {
  /** The flows of an account. */
  of(key: AccountKey): FlowStates;
}

/** Reads all flow files of a revision. @throws {@link MavenError} OBJECT_NOT_FOUND, GIT_FAILED. */
export async function readFlowsOfRevision(
  repository: Repository,
  artifacts: readonly ArtifactEntry[],
): Promise<FlowsOfRevision> {
  const files: FlowFile[] = [];
  const entries = artifacts.filter(({ path }) => artifactKind(path) === 'flows');
  for await (const { entry, bytes } of readBlobs(repository, entries))
    files.push(readFlowFile(bytes, entry.path));
  const { lines, faultBetween } = flowArchive(files);
  const accounts = new Map<string, FlowStates>();
  return {
    of: (key) => {
      const name = JSON.stringify([key.source, key.account]);
      const states = accounts.get(name) ?? flowStates(lines, key);
      accounts.set(name, states);
      return states;
    },
    faultBetween,
  };
}
