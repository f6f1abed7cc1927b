import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openRepository, type Repository } from '../../src/git/repository.js';
import { removeFolder } from './remove-folder.js';

/** A repository in a temporary folder, driven by native git. */
export interface TestRepository {
  readonly folder: string;
  git(...args: readonly string[]): string;
  /** Writes files (null deletes one) and commits everything. */
  commit(files: Readonly<Record<string, string | Buffer | null>>, message?: string): string;
  open(): Promise<Repository>;
  remove(): void;
}

const AUTHOR = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];

export function createTestRepository(): TestRepository {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'maven-test-repository-'));
  const git = (...args: readonly string[]): string =>
    execFileSync('git', [...AUTHOR, ...args], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  git('init', '--quiet', '--initial-branch=main');
  return {
    folder,
    git,
    commit: (files, message = 'test: change') => {
      for (const [name, content] of Object.entries(files)) {
        const file = path.join(folder, name);
        if (content === null) {
          rmSync(file, { force: true });
        } else {
          mkdirSync(path.dirname(file), { recursive: true });
          writeFileSync(file, content);
        }
      }
      git('add', '--all', '--force');
      git('commit', '--quiet', '--allow-empty', '--message', message);
      return git('rev-parse', 'HEAD').trim();
    },
    open: () => openRepository(folder),
    remove: () => removeFolder(folder),
  };
}
