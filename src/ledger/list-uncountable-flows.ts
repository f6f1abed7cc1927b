import { artifactKind } from '../../parsers/artifact.js';
import { compareCodeUnits } from '../../parsers/compare-text.js';
import { type FlowFile, readFlowFile } from '../../parsers/flow-archive.js';
import { flowKey } from '../../parsers/flows.js';
import { foldFlows } from '../../parsers/fold-flows.js';
import { readBlobs } from '../git/blobs.js';
import type { Repository } from '../git/repository.js';
import { resolveRevision } from '../git/revision.js';
import { listArtifacts } from '../git/tree.js';

/** The flows of HEAD that nobody knows how to count. */
export interface UncountableFlows {
  /** By time. */
  readonly flows: readonly UncountableFlow[];
  /** Why these may not be all, a clause each: files that are not readable as a whole. */
  readonly faults: readonly string[];
}

export interface UncountableFlow {
  /** As `record flow-correction` takes it. */
  readonly flow: string;
  readonly flowType: string;
  /** Canonical time. */
  readonly occurredAt: string;
  readonly asset: string | null;
  /** Exact decimal text; null = not known. */
  readonly amountAsset: string | null;
  /** Why it cannot be counted. */
  readonly because: string;
}

/** Lists the flows that need a correction. @throws {@link MavenError} OBJECT_NOT_FOUND, GIT_FAILED. */
export async function listUncountableFlows(repository: Repository): Promise<UncountableFlows> {
  const tree = (await resolveRevision(repository))?.artifactsTree ?? null;
  const artifacts = tree === null ? [] : await listArtifacts(repository, tree);
  const files: FlowFile[] = [];
  const entries = artifacts.filter(({ path }) => artifactKind(path) === 'flows');
  for await (const { entry, bytes } of readBlobs(repository, entries))
    files.push(readFlowFile(bytes, entry.path));
  const flows = foldFlows(files.flatMap(({ lines }) => lines)).flatMap((flow): readonly UncountableFlow[] => {
    const { doubt, flowType, occurredAt, asset, amountAsset } = flow;
    return doubt === null
      ? []
      : [{ flow: flowKey(flow), flowType, occurredAt, asset, amountAsset, because: doubt }];
  });
  return {
    flows: flows.sort((left, right) => compareCodeUnits(left.occurredAt, right.occurredAt)),
    faults: files.flatMap(({ fault }) => fault ?? []),
  };
}
