import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliRun, maven } from '../../support/cli.js';
import { createServerDatabase } from '../../support/databases.js';
import { createDemoRepository } from '../../support/demo-repository.js';
import { removeFolder } from '../../support/remove-folder.js';
import type { TestRepository } from '../../support/test-repository.js';
import { named, readPage, textOf } from './read-page.js';

describe('report on the command line', { timeout: 240_000 }, () => {
  let repository: TestRepository;
  let created: Awaited<ReturnType<typeof createServerDatabase>>;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'maven-test-report-'));
    created = await createServerDatabase();
    repository = createDemoRepository();
  });
  afterAll(async () => {
    await created.drop();
    repository.remove();
    removeFolder(folder);
  });

  const run = (...args: readonly string[]): Promise<CliRun> =>
    maven(['report', ...args], { cwd: repository.folder, env: { MAVEN_DATABASE_URL: created.url } });

  it('writes the page and says in one line where, how large, of which revision, how to open it', async () => {
    const file = path.join(folder, 'a report.html');
    writeFileSync(file, 'what stood there');
    const { exitCode, stdout } = await run('--html', file);
    const head = repository.git('rev-parse', 'HEAD').trim();
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^written \S.*\n$/);
    expect(stdout).toContain(`written ${file}, `);
    expect(stdout).toContain(`revision ${head.slice(0, 12)}; open file://`);
    expect(stdout).toContain('/a%20report.html\n');
    const page = readPage(readFileSync(file, 'utf8'));
    expect(textOf(named(page, 'p', 'verdict')[0] ?? '')).toContain('In sync with git');
    expect(readdirSync(folder)).toEqual(['a report.html']);
    expect(repository.git('status', '--porcelain')).toBe('');
  });

  it('gives the page to a pipe, and a document to programs', async () => {
    const piped = await run('--html', '-', '--no-verify');
    expect(piped.exitCode).toBe(0);
    const page = readPage(piped.stdout.trimEnd());
    expect(textOf(named(page, 'p', 'verdict')[0] ?? '')).toContain('Not checked against git');
    const file = path.join(folder, 'second.html');
    const { stdout } = await run('--html', file, '--json', '--no-verify');
    expect(JSON.parse(stdout)).toEqual({
      file,
      bytes: readFileSync(file).length,
      revision: repository.git('rev-parse', 'HEAD').trim(),
      source: 'postgres',
      notice: null,
      made_at: expect.stringMatching(/^\d{4}-/),
      asked_at: expect.stringMatching(/^\d{4}-/),
      check: null,
    });
  });

  it('tells with --at what it would have told then, from git', async () => {
    const then = repository.git('rev-parse', 'HEAD').trim();
    const pageOf = async (...args: readonly string[]): Promise<readonly string[]> => {
      const { stdout } = await run('--html', '-', '--no-verify', ...args);
      const page = readPage(stdout.trimEnd());
      return [...named(page, 'table'), ...named(page, 'h1')].map((part) => textOf(part));
    };
    const before = await pageOf();
    rmSync(path.join(repository.folder, '.moha/maven/trades'), { recursive: true });
    repository.commit({ '.moha/maven/identity.json': '{"name": "Another"}\n' });
    expect(await pageOf()).not.toEqual(before);
    // Whatever the tables hold now.
    expect(await pageOf('--at', then)).toEqual(before);
    const file = path.join(folder, 'then.html');
    const { stdout } = await run('--html', file, '--json', '--at', 'HEAD~1');
    expect(JSON.parse(stdout)).toMatchObject({ revision: then, source: 'git', notice: null, check: null });
    const page = readPage(readFileSync(file, 'utf8'));
    expect(textOf(named(page, 'p', 'verdict')[0] ?? '')).toContain('As it was then');
    const { exitCode, stderr } = await run('--html', file, '--at', '1999-01-01');
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('nothing was committed at or before')]);
    repository.git('reset', '--quiet', '--hard', then);
  });

  it('refuses before the work what could not be written, and leaves it as it is', async () => {
    const place = path.join(folder, 'place.html');
    mkdirSync(place);
    const refused = async (...args: readonly string[]) => {
      const { exitCode, stdout, stderr } = await run(...args);
      expect([exitCode, stdout]).toEqual([1, '']);
      return stderr;
    };
    expect(await refused('--html', place)).toContain('it is a folder -- name a file');
    expect(readdirSync(place)).toEqual([]);
    const missing = path.join(folder, 'none', 'report.html');
    expect(await refused('--html', missing)).toMatch(/there is no folder .*none -- make it first: mkdir -p/);
    expect(existsSync(path.dirname(missing))).toBe(false);
    expect(await refused('--html', '')).toContain('--html: expected');
    expect(await refused('--html')).toContain(
      'Not enough arguments following: html -- see maven-git report --help',
    );
    expect(await refused()).toContain('html');
    expect(await refused('--html', place, '--account', '0xnobody')).toContain('it is a folder');
    expect(await refused('--html', '-', '--account', '0xnobody')).toContain('no snapshot of account');
    const both = await run('--html', '-', '--json');
    expect([both.exitCode, JSON.parse(both.stdout)]).toMatchObject([1, { error: { code: 'USAGE' } }]);
  });
});
