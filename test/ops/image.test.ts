import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { removeFolder } from '../support/remove-folder.js';
import { createTestRepository } from '../support/test-repository.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const STAGES = readFileSync(path.join(ROOT, 'Dockerfile'), 'utf8')
  .replace(/\\\n/g, '')
  .split(/^(?=FROM )/m)
  .slice(1);

/** The COPY lines of a stage: sources, and where they go below the working folder. */
function copies(stage: string): readonly (readonly [string, string])[] {
  return [...stage.matchAll(/^COPY (?:--from=build )?(.+)$/gm)].flatMap((match) => {
    const words = (match[1] ?? '').split(' ');
    const target = words.pop() ?? '';
    return words.map((source): readonly [string, string] => [
      source.replace(/^\/app\//, ''),
      target.endsWith('/') ? path.join(target, path.basename(source)) : target,
    ]);
  });
}

describe('the image', () => {
  it('copies only what is there', () => {
    const ignored = readFileSync(path.join(ROOT, '.dockerignore'), 'utf8').split('\n');
    for (const [source] of copies(STAGES[0] ?? '')) {
      expect([source, existsSync(path.join(ROOT, source))]).toEqual([source, true]);
      expect(ignored).not.toContain(source);
    }
  });

  it('runs with the files of its last stage alone, as a user who owns nothing but the repository', () => {
    const app = mkdtempSync(path.join(os.tmpdir(), 'maven-test-image-'));
    const repository = createTestRepository();
    try {
      for (const [source, target] of copies(STAGES[1] ?? '')) {
        mkdirSync(path.dirname(path.join(app, target)), { recursive: true });
        cpSync(path.join(ROOT, source), path.join(app, target), { recursive: true });
      }
      const run = (...args: readonly string[]): string =>
        execFileSync(process.execPath, [path.join(app, 'dist/bin/maven-git.js'), ...args], {
          cwd: repository.folder,
          env: { PATH: process.env.PATH, HOME: app, MAVEN_GIT_AUTHOR: 'Maven <maven@example.org>' },
          encoding: 'utf8',
        });
      run('init');
      expect(run('verify')).toContain('in sync');
      expect(run('health')).toContain('healthy');
      const asked = run('portfolio', '--json');
      expect(JSON.parse(asked)).toMatchObject({ snapshot: null });
    } finally {
      repository.remove();
      removeFolder(app);
    }
  });

  it('ends as a user without rights, through an init that hands signals on', () => {
    const last = STAGES[1] ?? '';
    expect(last.match(/^USER (\w+)$/m)?.[1]).toBe('node');
    expect(last).toMatch(/^ENTRYPOINT \["\/usr\/bin\/tini", "--", "maven-git"\]$/m);
    expect(last).toMatch(/^HEALTHCHECK /m);
  });
});
