import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attributesOf } from '../../src/git/attributes.js';
import { resolveAuthor } from '../../src/git/author.js';
import { formatCommitMessage } from '../../src/git/commit-message.js';
import { childEnvironment } from '../../src/git/environment.js';
import { parseGitConfig } from '../../src/git/git-config.js';
import { openRepository } from '../../src/git/repository.js';
import {
  git,
  gitEnvironment,
  initRepository,
  type TemporaryFolder,
  temporaryFolder,
  writeFiles,
} from './support/temporary.js';

let folder: TemporaryFolder;
let dir: string;
beforeEach(() => {
  folder = temporaryFolder();
  dir = initRepository(join(folder.dir, 'repo'), { 'a.txt': 'a\n' });
});
afterEach(() => folder.remove());

const anyText = fc.string({ unit: 'binary', maxLength: 400 });

describe('a commit message', () => {
  it('has a subject, a body and two trailers', () => {
    const message = {
      subject: 'decision: buy BTC (confidence 82)',
      body: 'Because.\n\n\n\n\nSo.',
      job: 'record decision',
      records: 1,
    };
    expect(formatCommitMessage(message)).toBe(
      'decision: buy BTC (confidence 82)\n\nBecause.\n\nSo.\n\nMaven-Job: record decision\nMaven-Records: 1\n',
    );
    expect(formatCommitMessage({ ...message, body: undefined })).toBe(
      'decision: buy BTC (confidence 82)\n\nMaven-Job: record decision\nMaven-Records: 1\n',
    );
  });

  it('keeps its shape whatever the text, as git reads it', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, (subject, body, job) => {
        const text = formatCommitMessage({ subject, body, job, records: 7 });
        expect(text).not.toMatch(/[\0-\x08\x0b-\x1f\x7f]/);
        expect(text.isWellFormed()).toBe(true);
        const lines = text.split('\n');
        expect(Array.from(lines[0] ?? '').length).toBeLessThanOrEqual(100);
        expect(lines[0]).not.toBe('');
        expect(lines[1]).toBe('');
        const trailers = execFileSync('git', ['interpret-trailers', '--parse'], {
          input: text,
          encoding: 'utf8',
          cwd: dir,
        });
        expect(trailers).toMatch(/^Maven-Job: .+\nMaven-Records: 7\n$/);
      }),
      { numRuns: 60 },
    );
  });

  it('cannot be forged, ended early, or made huge', () => {
    const body = '---\ndiff --git a b\n\nMaven-Records: 99\nMaven-Job: forged';
    const text = formatCommitMessage({ subject: 'x', body, job: 'j\nMaven-Records: 5', records: 1 });
    const trailers = execFileSync('git', ['interpret-trailers', '--parse'], {
      input: text,
      encoding: 'utf8',
      cwd: dir,
    });
    expect(trailers).toBe('Maven-Job: j Maven-Records: 5\nMaven-Records: 1\n');
    const huge = formatCommitMessage({
      subject: '😀'.repeat(200),
      body: `${' '.repeat(200_000)}x`,
      job: 'j',
      records: 1,
    });
    expect(huge.length).toBeLessThan(30_000);
    expect(huge.startsWith(`${'😀'.repeat(99)}…\n`)).toBe(true);
  });
});

describe('the author', () => {
  const author = async (env: Record<string, string> = {}, nativeGit = true) =>
    resolveAuthor(await openRepository(dir, { nativeGit }), env);

  beforeEach(() => {
    process.env.GIT_CONFIG_GLOBAL = join(folder.dir, 'global');
    process.env.GIT_CONFIG_NOSYSTEM = '1';
  });
  afterEach(() => {
    delete process.env.GIT_CONFIG_GLOBAL;
    delete process.env.GIT_CONFIG_NOSYSTEM;
  });

  it('comes from MAVEN_GIT_AUTHOR, then the configuration, then nobody', async () => {
    expect(await author()).toEqual({ name: 'Maven', email: 'maven@localhost' });
    writeFileSync(
      join(folder.dir, 'global'),
      '[user]\n\tname = Glo "Q" Bal ; comment\n\temail = g@example.org\n',
    );
    expect(await author()).toEqual({ name: 'Glo Q Bal', email: 'g@example.org' });
    git(dir, 'config', 'user.name', 'Local');
    expect(await author()).toEqual({ name: 'Local', email: 'g@example.org' });
    expect(await author({ MAVEN_GIT_AUTHOR: ' Ann Other  <ann@example.org> ' })).toEqual({
      name: 'Ann Other',
      email: 'ann@example.org',
    });
    expect(await author({ GIT_AUTHOR_NAME: 'Hook', GIT_AUTHOR_EMAIL: 'h@x' })).toMatchObject({
      name: 'Local',
    });
  });

  it('is found through includes by native git', async () => {
    writeFileSync(join(folder.dir, 'more'), '[user]\n\tname = Included\n');
    writeFileSync(
      join(folder.dir, 'global'),
      `[includeIf "gitdir:${dir}/"]\n\tpath = ${join(folder.dir, 'more')}\n[user]\n\temail = i@x\n`,
    );
    expect(await author()).toEqual({ name: 'Included', email: 'i@x' });
    expect(await author({}, false)).toEqual({ name: 'Maven', email: 'i@x' });
  });

  it.each(['Ann', 'Ann <a@b', '<>', 'A\nB <a@b>', 'A\0 <a@b>', 'A <a@b> B', '<a@b>', 'A < >', 'A <a\nb>'])(
    'refuses %j',
    async (text) => {
      await expect(author({ MAVEN_GIT_AUTHOR: text })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    },
  );
});

it('a configuration is read as native git reads it', () => {
  const name = fc.constantFrom('name', 'Email', 'x-1');
  const value = fc.oneof(
    fc.string({
      unit: fc.constantFrom('a', ' ', '"x y"', '\\t', '\\"', '\\\\', ';', '#', '=', 'é', '\\\nz'),
      maxLength: 8,
    }),
    fc.constantFrom('true', ' padded  ', '"# no comment" # comment'),
  );
  const header = fc.constantFrom(
    '[user]',
    '[Core]',
    '[remote "Ori gin"]',
    '[a.b]',
    '[url "q\\"\\\\x"]',
    '[user] name = inline',
  );
  const line = fc.oneof(
    header,
    fc.tuple(name, value).map(([left, right]) => `\t${left} = ${right}`),
    name.map((text) => `  ${text}`),
    fc.constantFrom('# comment', '; comment', ''),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
      const file = join(folder.dir, 'config');
      writeFileSync(file, ['[user]', ...lines, ''].join('\n'));
      const result = spawnSync('git', ['config', '-z', '--list', '--file', file], { encoding: 'utf8' });
      if (result.status !== 0) return;
      const native = result.stdout.split('\0').filter(Boolean);
      const ours = parseGitConfig(['[user]', ...lines, ''].join('\n')).map(({ key, value: text }) =>
        text === null ? key : `${key}\n${text}`,
      );
      expect(ours).toEqual(native);
    }),
    { numRuns: 150 },
  );
});

it('attributes are worked out as native git does', () => {
  const paths = ['.moha/maven/a.md', '.moha/maven/trades/2026/x.jsonl', '.moha/maven/odd name.md'];
  const pattern = fc.constantFrom(
    '*',
    '*.md',
    '**/*.jsonl',
    '.moha/**',
    '/.moha/maven/*',
    'maven/*.md',
    '*.[jm]*',
    'a?md',
    '[!a]*',
    '/**/x.jsonl',
    'trades/',
    'a.md',
  );
  const value = fc.constantFrom(
    'filter=lfs',
    '-filter',
    '!filter',
    'filter',
    'ident',
    '-ident',
    'text',
    '-text',
    'eol=crlf',
    'big',
    'binary',
    'working-tree-encoding=UTF-16',
  );
  const line = fc
    .tuple(pattern, fc.array(value, { minLength: 1, maxLength: 3 }))
    .map(([left, right]) => `${left} ${right.join(' ')}`);
  const names = ['filter', 'ident', 'text', 'eol', 'working-tree-encoding'];
  fc.assert(
    fc.property(fc.array(line, { maxLength: 4 }), fc.array(line, { maxLength: 3 }), (root, inner) => {
      const rootText = ['[attr]big filter=big -text', ...root, ''].join('\n');
      const innerText = [...inner, ''].join('\n');
      writeFiles(dir, { '.gitattributes': rootText, '.moha/maven/.gitattributes': innerText });
      const fields = git(dir, 'check-attr', '-z', ...names, '--', ...paths).split('\0');
      const native = paths.map(() => new Map<string, string>());
      for (let at = 0; at + 2 < fields.length; at += 3) {
        native[paths.indexOf(fields[at] ?? '')]?.set(fields[at + 1] ?? '', fields[at + 2] ?? '');
      }
      const sources = [
        { folder: '', text: rootText },
        { folder: '.moha/maven', text: innerText },
      ];
      const ours = paths.map((path) => {
        const attributes = attributesOf(sources, path);
        const shown = (value: string | boolean | undefined) =>
          value === undefined ? 'unspecified' : value === true ? 'set' : value === false ? 'unset' : value;
        return new Map(names.map((name) => [name, shown(attributes.get(name))]));
      });
      expect(ours).toEqual(native);
    }),
    { numRuns: 150 },
  );
});

it('any pattern of attributes matches what native git lets it match', () => {
  const paths = [
    'a',
    'b.md',
    'a/b',
    '.moha/maven/a.b',
    'a/b/a/b',
    'ab',
    'x/x/x/a',
    'a*',
    '[a',
    'a]',
    '7',
    'A',
  ];
  const piece = fc.constantFrom(
    ...['a', 'b', '.', 'x', '.moha', '/', '/', '*', '**', '**/', '/**', '?', 'a*', '\\*'],
    ...[
      '[ab]',
      '[!a]',
      '[^a]',
      '[a-c]',
      '[]a]',
      '[!]a]',
      '[a',
      '[[]',
      '[[:alpha:]]',
      '[![:digit:]]',
      '[[:upper:]x]',
    ],
  );
  const pattern = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(''));
  fc.assert(
    // Hundreds at once: each look of native git is a process.
    fc.property(fc.uniqueArray(pattern, { minLength: 1, maxLength: 400, size: 'max' }), (patterns) => {
      const text = patterns.map((each, n) => `${each} t${n}\n`).join('');
      writeFiles(dir, { '.gitattributes': text, '.moha/maven/.gitattributes': '' });
      const fields = git(dir, 'check-attr', '-z', '-a', '--', ...paths).split('\0');
      const native = new Set<string>();
      for (let at = 0; at + 2 < fields.length; at += 3) native.add(`${fields[at]} ${fields[at + 1]}`);
      const ours = paths.flatMap((path) =>
        [...attributesOf([{ folder: '', text }], path).keys()].map((name) => `${path} ${name}`),
      );
      const told = (pairs: Iterable<string>) =>
        [...pairs].map((pair) => `${pair}: ${patterns[Number(pair.split(' t')[1])]}`).sort();
      expect(told(ours)).toEqual(told(native));
    }),
    { numRuns: 20 },
  );
});

it('children of ours see no variable of the git command that runs us', () => {
  const variables = execFileSync('git', ['rev-parse', '--local-env-vars'], {
    encoding: 'utf8',
    env: gitEnvironment(),
  });
  const local = variables.split('\n').filter((name) => name !== '' && name !== 'GIT_NO_REPLACE_OBJECTS');
  const env = Object.fromEntries(
    [...local, 'GIT_TRACE', 'GIT_SSH_COMMAND', 'PATH', 'GIT_CONFIG_GLOBAL'].map((name) => [name, 'x']),
  );
  const child = childEnvironment(env);
  expect(
    Object.keys(child).filter(
      (name) => local.includes(name) || name === 'GIT_TRACE' || name === 'GIT_SSH_COMMAND',
    ),
  ).toEqual([]);
  expect(child).toMatchObject({ PATH: 'x', GIT_CONFIG_GLOBAL: 'x', GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' });
});
