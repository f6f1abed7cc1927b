import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type CliRun, maven } from './cli.js';
import { removeFolder } from './remove-folder.js';

/** A repository in which a person works with native git, hooks and settings of their own included. */
export interface WorkingRepository {
  readonly folder: string;
  /** Runs native git to its end, whatever it answers. */
  git(...args: readonly string[]): Promise<CliRun>;
  /** The same, and it must succeed. @returns what it printed, trimmed. */
  must(...args: readonly string[]): Promise<string>;
  /** Runs the built program. */
  maven(...args: readonly string[]): Promise<CliRun>;
  write(files: Readonly<Record<string, string | null>>): void;
  /** The same repository, seen from another folder: a linked worktree, a clone. */
  at(folder: string): WorkingRepository;
  remove(): void;
}

/** @param name - of the folder: hooks must stand any. */
export function createWorkingRepository(
  env: Readonly<Record<string, string>>,
  name = "it's a földer",
): WorkingRepository {
  const parent = mkdtempSync(path.join(os.tmpdir(), 'maven-test-work-'));
  const folder = path.join(parent, name);
  mkdirSync(folder);
  const repository = openWorkingRepository(folder, env, () => removeFolder(parent));
  return repository;
}

export function openWorkingRepository(
  folder: string,
  env: Readonly<Record<string, string>>,
  remove: () => void = () => undefined,
): WorkingRepository {
  const git = (...args: readonly string[]): Promise<CliRun> => runGit(folder, args, env);
  return {
    folder,
    git,
    must: async (...args) => {
      const run = await git(...args);
      if (run.exitCode !== 0) throw new Error(`git ${args.join(' ')}: ${run.stderr}`);
      return run.stdout.trim();
    },
    maven: (...args) => maven(args, { cwd: folder, env }),
    write: (files) => {
      for (const [file, content] of Object.entries(files)) {
        const target = path.join(folder, file);
        mkdirSync(path.dirname(target), { recursive: true });
        if (content === null) rmSync(target);
        else writeFileSync(target, content);
      }
    },
    at: (other) => openWorkingRepository(other, env),
    remove,
  };
}

function runGit(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<CliRun> {
  const identity = ['user.name=Test', 'user.email=test@example.com', 'commit.gpgsign=false'];
  return new Promise((resolve, reject) => {
    const child = spawn('git', [...identity.flatMap((setting) => ['-c', setting]), ...args], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString('utf8');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString('utf8');
    });
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}
