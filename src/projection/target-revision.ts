import { MavenError } from '../errors.js';
import type { Repository } from '../git/repository.js';
import { type Revision, resolveRevision } from '../git/revision.js';
import { FORMAT_VERSION } from './format-version.js';

/** Git's name for a tree without entries; it exists in every repository. */
const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

/** Stands for "no tree in particular" where the tables mirror parts of several. */
export const NO_TREE = 'mixed';

/**
 * Finds the commit to project.
 *
 * @throws {@link MavenError} ARTIFACTS_NOT_FOUND when there is no commit yet, REVISION_NOT_FOUND.
 */
export async function targetRevision(repository: Repository, revision = 'HEAD'): Promise<Revision> {
  const target = await resolveRevision(repository, revision);
  if (target !== null) return target;
  throw new MavenError('ARTIFACTS_NOT_FOUND', 'the repository has no commit yet', {
    hint: 'run maven-git init to make .moha/maven and its first commit',
  });
}

/** The tree id of `.moha/maven` in a revision; that of the empty tree when it has none. */
export function treeOf(revision: Revision): string {
  return revision.artifactsTree ?? EMPTY_TREE;
}

export function noArtifacts(commit: string): MavenError {
  return new MavenError('ARTIFACTS_NOT_FOUND', `commit ${commit.slice(0, 12)} has no .moha/maven folder`, {
    hint: 'run maven-git init to make one, or check --repo and the branch',
    data: { commit },
  });
}

export function tooNew(version: number): MavenError {
  return new MavenError(
    'SCHEMA_TOO_NEW',
    `the tables were projected by a newer maven-git (rules ${version})`,
    {
      hint: 'upgrade maven-git, or point it at another database',
      data: { expected: FORMAT_VERSION, received: version },
    },
  );
}
