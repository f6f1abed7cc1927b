import { artifactKind } from '../../parsers/artifact.js';
import { MavenError } from '../errors.js';
import { type LandingOptions, landOnDisk } from './commit.js';
import { type CommitTree, openCommitTree } from './commit-base.js';
import { formatCommitMessage } from './commit-message.js';
import { writePlannedBlobs, writePlannedTree } from './commit-plan.js';
import { crashingDisk, readCrashPlan } from './crash-plan.js';
import { type Disk, nodeDisk } from './disk.js';
import { editIndex } from './index-edit.js';
import { entriesNamed } from './index-file.js';
import { type IndexSnapshot, racyCheck } from './index-snapshot.js';
import { type AttemptOptions, indexOf, landCommit, readSettledHead, secondsOf } from './land-commit.js';
import { kinshipOf } from './merge-base.js';
import {
  type MergedFile,
  type MergeFile,
  type MergePlan,
  planMerge,
  type UnmergedFile,
} from './merge-plan.js';
import { type ObjectReader, openObjectReader } from './object-reader.js';
import { openWorkTree } from './recover.js';
import type { MergeOutcome } from './remote.js';
import type { Repository } from './repository.js';
import { assertNoOperation, assertStillOn } from './safety.js';
import { incomingFiles } from './tree-merge.js';
import { isUntouched } from './work-file.js';

export interface MergeOptions extends LandingOptions {
  /** The commit to be merged; all of its objects are there. */
  readonly theirs: string;
  /** Full name of the branch that it is merged into; HEAD must be there. */
  readonly onto: string;
  /** Whose it is, for messages: `main of origin`. */
  readonly from: string;
  readonly mergeFile: MergeFile;
  /** Whether native git can do what this cannot: then that is null, not an error. */
  readonly orNative: boolean;
}

export interface MergeReport extends MergeOutcome {
  /** Paths a person edited or staged in the very moment of the merge, left as they are. */
  readonly keptDirty: readonly string[];
}

/**
 * Merges a commit into the branch of HEAD without native git: a fast-forward where that is possible, a commit of two parents
 * otherwise. As safe against everything as {@link commitArtifacts}, and all or nothing: where a file cannot be merged here,
 * nothing is written, no merge is left in progress.
 *
 * With `orNative` it does its part only where everything that came in are artifacts: then hundreds of files are merged in one
 * process, for which native git would start a merge driver each.
 *
 * @returns null = left to native git; nothing was done.
 * @throws {@link MavenError} MERGE_CONFLICT naming the files that a person must settle, with native git; COMMIT_UNSAFE where
 *   somebody's edits stand in the way, and for histories that cannot be merged here; what a commit throws.
 */
export async function mergeCommit(repo: Repository, options: MergeOptions): Promise<MergeReport | null> {
  const disk = crashingDisk(nodeDisk, readCrashPlan());
  return landOnDisk(disk, repo, options, (how) => attemptMerge(disk, repo, { ...options, ...how }));
}

/** A branch without commits takes whatever comes. */
const UNBORN: { readonly bases: readonly (string | null)[]; readonly theirsOnly: readonly string[] } = {
  bases: [null],
  theirsOnly: [],
};

async function attemptMerge(
  disk: Disk,
  repo: Repository,
  options: MergeOptions & AttemptOptions,
): Promise<MergeReport | null | 'moved'> {
  const { theirs, mergeFile, orNative } = options;
  const head = await readSettledHead(disk, repo);
  assertStillOn(head.ref, options.onto);
  assertNoOperation(disk, repo.gitDir);
  const ours = head.commit;
  const { bases, theirsOnly } = ours === null ? UNBORN : await kinshipOf(repo, [ours], theirs);
  if (ours !== null && bases.includes(theirs))
    return { outcome: 'up to date', before: ours, after: ours, commits: 0, keptDirty: [] };
  const [ancestor] = bases;
  if (bases.length !== 1 || ancestor === undefined) {
    if (orNative) return null;
    throw notMergeable(options, bases.length);
  }
  const reader = openObjectReader(repo, disk);
  try {
    const base = await openCommitTree(repo, reader, ours);
    const trees = {
      base: await rootOf(repo, reader, ancestor),
      ours: base.rootTree,
      theirs: await rootOf(repo, reader, theirs),
    };
    const incoming = await incomingFiles(repo, reader, trees);
    if (orNative && !incoming.every(({ path }) => artifactKind(path) !== null)) return null;
    const plan = await planMerge(repo, reader, incoming, mergeFile);
    if (plan.unmerged.length > 0) {
      if (orNative) return null;
      throw unmerged(options, plan.unmerged);
    }
    disk.step('built');
    const index = indexOf(disk, repo);
    await assertUntouched(disk, repo, reader, index, plan, ours === null);
    const isForward = ancestor === ours;
    const message = formatCommitMessage({ subject: `sync: merge ${options.from}`, job: 'pull', records: 0 });
    const { author, now } = options;
    const landed = await landCommit(disk, repo, options, reader, {
      head,
      base,
      files: plan.files,
      index,
      action: isForward ? 'pull: fast-forward' : `pull: merge ${options.from}`,
      async write(writer) {
        if (isForward || ours === null) return theirs;
        await writePlannedBlobs(
          writer,
          plan.files.filter(({ isNew }) => isNew),
        );
        const tree = await mergedTree(base, writer, plan.files);
        const parents = [ours, theirs];
        return writer.writeCommit({ tree, parents, message, author, timestampSeconds: secondsOf(now) });
      },
    });
    if (landed === 'moved') return 'moved';
    const { commit: after, keptDirty } = landed;
    const outcome = isForward ? 'fast-forward' : 'merged';
    return { outcome, before: ours ?? after, after, commits: theirsOnly.length, keptDirty };
  } finally {
    await reader.close();
  }
}

/** What both sides changed alike leaves our tree as it is. */
async function mergedTree(
  base: CommitTree,
  writer: Parameters<typeof writePlannedTree>[1],
  files: readonly MergedFile[],
): Promise<string> {
  return files.length === 0 && base.rootTree !== null ? base.rootTree : writePlannedTree(base, writer, files);
}

async function rootOf(repo: Repository, reader: ObjectReader, commit: string | null): Promise<string | null> {
  return (await openCommitTree(repo, reader, commit)).rootTree;
}

/** Refuses to merge over what somebody edited, staged, or put where a file must go. */
async function assertUntouched(
  disk: Disk,
  repo: Repository,
  reader: ObjectReader,
  index: IndexSnapshot | null,
  { files }: MergePlan,
  isFirst: boolean,
): Promise<void> {
  const tree = await openWorkTree(disk, repo, reader);
  if (tree === null || (index === null && !isFirst)) return;
  const isLeftOut = (path: string): boolean =>
    index !== null && entriesNamed(index.index, path)[0]?.skipWorktree === true;
  const edited = files
    .filter(
      ({ path, base, next }) => !isLeftOut(path) && !isUntouched(disk, tree, { path, from: base, to: next }),
    )
    .map(({ path }) => path);
  const edits = files.map(({ path, base, next }) => ({ path, from: base, to: next, stat: null }));
  const staged = index === null ? [] : editIndex(index.index, edits, racyCheck(disk, tree.dir, index)).kept;
  const paths = [...new Set([...edited, ...staged])].sort();
  if (paths.length === 0) return;
  throw new MavenError('COMMIT_UNSAFE', `not committed yet: ${shortList(paths)}`, {
    hint: 'commit or restore these edits (or move the files away), then try again; nothing was changed',
    data: { paths },
  });
}

function unmerged({ from }: MergeOptions, files: readonly UnmergedFile[]): MavenError {
  const shown = files.slice(0, 3).map(({ path, why }) => `${path} (${why})`);
  const more = files.length > 3 ? ` and ${files.length - 3} more` : '';
  return new MavenError(
    'MERGE_CONFLICT',
    `cannot be merged with ${from} without native git: ${shown.join(', ')}${more}`,
    {
      hint: 'install git and run maven-git pull again, which leaves both versions for a person to settle; nothing was changed',
      data: { files: files.map(({ path }) => path), reasons: files.map(({ why }) => why) },
    },
  );
}

function notMergeable({ from }: MergeOptions, bases: number): MavenError {
  const why =
    bases === 0 ? 'have no commit in common' : `were merged crosswise and have ${bases} common ancestors`;
  return new MavenError('COMMIT_UNSAFE', `this branch and ${from} ${why}`, {
    hint:
      bases === 0
        ? 'check the remote (git remote -v); in a shallow clone fetch the history first (git fetch --unshallow)'
        : 'install git and run maven-git pull again; nothing was changed',
    data: { bases },
  });
}

function shortList(paths: readonly string[]): string {
  return `${paths.slice(0, 3).join(', ')}${paths.length > 3 ? ` and ${paths.length - 3} more` : ''}`;
}
