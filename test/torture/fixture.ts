import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commitArtifacts } from '../../src/git/commit.js';
import { openRepository } from '../../src/git/repository.js';
import { appending } from '../git/support/committing.js';
import { git, initRepository, writeFiles } from '../git/support/temporary.js';

/** The kinds of repository that every fault is tried on. */
export const kinds = [
  'loose',
  'packed',
  'stale-packed-refs',
  'detached',
  'unborn',
  'linked-worktree',
] as const;
export type Kind = (typeof kinds)[number];

/** A repository and what it holds before the fault. */
export interface Fixture {
  /** Folder to be copied; the working tree is `tree` in it. */
  readonly dir: string;
  readonly kind: Kind;
  /** Ledger lines acknowledged so far. */
  readonly lines: readonly string[];
  /** Commits that must stay in history. */
  readonly commits: readonly string[];
}

/** The working tree of a fixture's folder. */
export function treeOf(dir: string): string {
  return join(dir, 'tree');
}

/** Makes a repository with history, a ledger, and a file that a person has staged. */
export async function makeFixture(dir: string, kind: Kind): Promise<Fixture> {
  const tree = treeOf(dir);
  const main = kind === 'linked-worktree' ? join(dir, 'main') : tree;
  initRepository(
    main,
    kind === 'unborn' ? {} : { 'README.md': 'a\n', 'src/b.txt': 'b\n', 'src/c.txt': 'c\n' },
  );
  if (kind === 'linked-worktree') git(main, 'worktree', 'add', '-q', '-b', 'side', tree);
  const lines: string[] = [];
  if (kind !== 'unborn') {
    for (const line of ['first', 'second']) {
      await commitArtifacts(await openRepository(tree), appending(line));
      lines.push(line);
      if (kind === 'stale-packed-refs' && line === 'first') git(tree, 'pack-refs', '--all');
    }
  }
  if (kind === 'packed') git(tree, 'gc', '-q');
  if (kind === 'detached') git(tree, 'checkout', '-q', '--detach');
  writeFiles(tree, { 'staged.txt': 'mine\n', 'untracked.txt': 'u\n' });
  git(tree, 'add', 'staged.txt');
  const commits = kind === 'unborn' ? [] : git(tree, 'rev-list', 'HEAD').split('\n');
  return { dir, kind, lines, commits };
}

/** A fresh copy of a fixture to break. */
export function copyFixture(fixture: Fixture, dir: string): string {
  cpSync(fixture.dir, dir, { recursive: true, preserveTimestamps: true });
  if (fixture.kind === 'linked-worktree') {
    // The two name each other by absolute path.
    writeFileSync(join(dir, 'tree', '.git'), `gitdir: ${join(dir, 'main/.git/worktrees/tree')}\n`);
    writeFileSync(join(dir, 'main/.git/worktrees/tree/gitdir'), `${join(dir, 'tree/.git')}\n`);
  }
  return treeOf(dir);
}
