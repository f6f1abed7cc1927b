import { artifactKind } from '../parsers/artifact.js';
import { decodeArtifact } from '../parsers/text.js';
import type { Context } from './context.js';
import { MavenError } from './errors.js';
import { openCommitTree } from './git/commit-base.js';
import { openObjectReader } from './git/object-reader.js';
import { headCommit } from './git/read-head.js';
import { countCommits, resolveRevision } from './git/revision.js';
import { listArtifacts, REGULAR_FILE_MODES } from './git/tree.js';

/** An artifact as a commit has it; what is not committed is not seen. */
export interface ArtifactText {
  /** The commit. */
  readonly revision: string;
  /** Repository-relative. */
  readonly path: string;
  /** In LF, without BOM and NUL; written by people and models. */
  readonly text: string;
  /** What is wrong with the file's bytes, one sentence each. */
  readonly problems: readonly string[];
}

/** Which artifacts HEAD has. */
export interface ArtifactListing {
  readonly revision: string;
  /** Path and blob id of every artifact, sorted by the bytes of the path; other files are not listed. */
  readonly artifacts: readonly { readonly path: string; readonly oid: string }[];
}

/**
 * Reads one artifact out of a commit's tree, never from the disk: nothing outside `.moha/maven`, no symbolic link, and no
 * file that is not an artifact by its place and name can be reached.
 *
 * @param path - repository-relative; whatever a caller made of it.
 * @param commit - HEAD's when absent.
 * @returns null = there is no such artifact.
 * @throws {@link MavenError} COMMIT_UNSAFE when a symbolic link or a submodule stands there.
 */
export async function readArtifact(
  context: Context,
  path: string,
  commit?: string,
): Promise<ArtifactText | null> {
  if (artifactKind(path) === null) return null;
  const { repository } = context;
  const revision = commit ?? headCommit(repository);
  if (revision === null) return null;
  const reader = openObjectReader(repository);
  try {
    const bytes = await (await openCommitTree(repository, reader, revision)).read(path);
    if (bytes === null) return null;
    const { text, problems } = decodeArtifact(bytes, path);
    return { revision, path, text, problems: problems.map(({ message }) => message) };
  } finally {
    await reader.close();
  }
}

/**
 * Lists the artifacts of HEAD.
 *
 * @throws {@link MavenError} ARTIFACTS_NOT_FOUND before the first commit.
 */
export async function listArtifactsAtHead(context: Context): Promise<ArtifactListing> {
  const { repository } = context;
  const head = await resolveRevision(repository);
  if (head === null)
    throw new MavenError('ARTIFACTS_NOT_FOUND', 'the repository has no commit yet', {
      hint: 'run maven-git init to make .moha/maven and its first commit',
    });
  const entries = head.artifactsTree === null ? [] : await listArtifacts(repository, head.artifactsTree);
  const artifacts = entries
    .filter(({ path, mode }) => REGULAR_FILE_MODES.has(mode) && artifactKind(path) !== null)
    .map(({ path, oid }) => ({ path, oid }));
  return { revision: head.commit, artifacts };
}

/**
 * Counts the commits of HEAD that an answer of a revision does not know.
 *
 * @returns null = the revision is not in this history, or there is none.
 */
export async function commitsBehind(context: Context, revision: string): Promise<number | null> {
  const head = headCommit(context.repository);
  if (head === null) return null;
  return countCommits(context.repository, revision, head).catch(() => null);
}
