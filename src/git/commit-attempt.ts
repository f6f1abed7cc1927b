import type { ArtifactCommit, CommitOptions } from './commit.js';
import { type CommitTree, openCommitTree } from './commit-base.js';
import { formatCommitMessage } from './commit-message.js';
import { type CommitContent, planFiles, writePlannedBlobs, writePlannedTree } from './commit-plan.js';
import type { Disk } from './disk.js';
import { type AttemptOptions, indexOf, landCommit, readSettledHead, secondsOf } from './land-commit.js';
import { openObjectReader } from './object-reader.js';
import type { Repository } from './repository.js';
import { assertNoOperation } from './safety.js';

/** Carries an error of the caller's `build` past our own handling. */
export class BuildFailed extends Error {}

/**
 * Tries one commit on the HEAD of this moment. The caller holds the process lock and has recovered.
 *
 * @returns the commit; null when there is nothing to commit; `moved` when HEAD moved meanwhile.
 */
export async function attemptCommit(
  disk: Disk,
  repo: Repository,
  options: CommitOptions & AttemptOptions,
): Promise<ArtifactCommit | null | 'moved'> {
  const head = await readSettledHead(disk, repo);
  assertNoOperation(disk, repo.gitDir);
  const reader = openObjectReader(repo, disk);
  try {
    const base = await openCommitTree(repo, reader, head.commit);
    const content = await build(options, base);
    if (content === null) return null;
    const files = await planFiles(base, content);
    if (files.length === 0) return null;
    disk.step('built');
    const index = indexOf(disk, repo);
    const { author, job, now } = options;
    const message = formatCommitMessage({ ...content, job });
    const verb = head.commit === null ? 'commit (initial)' : 'commit';
    return await landCommit(disk, repo, options, reader, {
      head,
      base,
      files,
      index,
      action: `${verb}: ${message.split('\n', 1)[0] ?? ''}`,
      async write(writer) {
        await writePlannedBlobs(writer, files);
        const tree = await writePlannedTree(base, writer, files);
        const parents = head.commit === null ? [] : [head.commit];
        return writer.writeCommit({ tree, parents, message, author, timestampSeconds: secondsOf(now) });
      },
    });
  } finally {
    await reader.close();
  }
}

async function build(options: CommitOptions, base: CommitTree): Promise<CommitContent | null> {
  try {
    return await options.build(base);
  } catch (error) {
    throw new BuildFailed('build failed', { cause: error });
  }
}
