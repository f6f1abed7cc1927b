import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openRepository, type Repository } from '../../src/git/repository.js';
import { removeFolder } from './remove-folder.js';

/** Every file below `.moha/maven` at one commit. */
export type FileTree = Readonly<Record<string, string | Buffer>>;

/** A repository whose whole history was written at once; HEAD is moved along it. */
export interface HistoryRepository {
  readonly folder: string;
  /** Commit ids, one a state, oldest first. */
  readonly commits: readonly string[];
  readonly repository: Repository;
  moveTo(commit: string | undefined): void;
  remove(): void;
}

/** Writes one commit a state through `git fast-import`, which is some fifty times faster than committing each. */
export async function createHistoryRepository(states: readonly FileTree[]): Promise<HistoryRepository> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'maven-test-history-'));
  const git = (args: readonly string[], input?: Buffer): string =>
    execFileSync('git', [...args], { cwd: folder, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'], input });
  git(['init', '--quiet', '--initial-branch=main']);
  const parts: (string | Buffer)[] = [];
  states.forEach((files, i) => {
    const message = `state ${i}`;
    parts.push(
      `commit refs/heads/main\nmark :${i + 1}\ncommitter Test <test@example.com> ${1_768_000_000 + i} +0000\n`,
    );
    parts.push(`data ${message.length}\n${message}\ndeleteall\n`);
    for (const [file, content] of Object.entries(files)) {
      const bytes = Buffer.from(content as string);
      parts.push(`M 100644 inline ${JSON.stringify(file)}\ndata ${bytes.length}\n`, bytes, '\n');
    }
  });
  git(
    ['fast-import', '--quiet', '--export-marks=.git/marks'],
    Buffer.concat(parts.map((part) => Buffer.from(part as string))),
  );
  const commits = git(['log', '--reverse', '--format=%H', 'main']).trim().split('\n');
  return {
    folder,
    commits,
    repository: await openRepository(folder),
    moveTo: (commit) => {
      git(['update-ref', 'refs/heads/main', commit ?? '']);
    },
    remove: () => removeFolder(folder),
  };
}
