import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fetchBranch, pushBranch } from '../../src/git/http-exchange.js';
import { findRemoteBranch, type RemoteBranch } from '../../src/git/remote-branch.js';
import { openRepository, type Repository } from '../../src/git/repository.js';
import { type GitHttpServer, startGitHttpServer } from '../support/git-http-server.js';
import { removeFolder } from '../support/remove-folder.js';

const PASSWORD = 's3cret/word:1';
const TIMEOUT_MS = 60_000;

describe('fetch and push over HTTP without native git', { timeout: 120_000 }, () => {
  let folder: string;
  let server: GitHttpServer;
  /** Bytes of each request that came in, by service. */
  let sent: { readonly url: string; readonly bytes: number }[];
  beforeEach(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'maven-test-http-'));
    server = await startGitHttpServer(folder, PASSWORD);
    sent = [];
    server.onRequest = ({ url, headers }) => {
      sent.push({ url: url ?? '', bytes: Number(headers['content-length'] ?? 0) });
    };
    git('.', 'init', '--quiet', '--bare', '--initial-branch=main', 'memory.git');
    git('memory.git', 'config', 'http.receivepack', 'true');
    git('.', 'init', '--quiet', '--initial-branch=main', 'one');
    git('one', 'remote', 'add', 'origin', urlWith(PASSWORD));
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await server.close();
    removeFolder(folder);
  });

  const git = (where: string, ...args: readonly string[]): string => {
    const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
    return execFileSync('git', [...identity, ...args], {
      cwd: path.join(folder, where),
      encoding: 'utf8',
    }).trim();
  };
  const urlWith = (password: string): string =>
    `${server.url.replace('//', `//maven:${encodeURIComponent(password)}@`)}/memory.git`;
  const commit = (where: string, files: Readonly<Record<string, string>>): string => {
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(folder, where, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    git(where, 'add', '--all');
    git(where, 'commit', '--quiet', '-m', 'work');
    return git(where, 'rev-parse', 'HEAD');
  };
  const opened = async (where: string): Promise<readonly [Repository, RemoteBranch]> => {
    const repository = await openRepository(path.join(folder, where), { nativeGit: false });
    return [repository, await findRemoteBranch(repository, {})];
  };
  const push = async (where: string) => pushBranch(...(await opened(where)), TIMEOUT_MS);
  const fetched = async (where: string) => fetchBranch(...(await opened(where)), TIMEOUT_MS);
  const packs = (): readonly number[] =>
    sent.filter(({ url }) => url.endsWith('/git-receive-pack')).map(({ bytes }) => bytes);

  it('pushes what the remote lacks and no more, and is rejected where it is behind', async () => {
    const large = Object.fromEntries(
      Array.from({ length: 50 }, (_, i) => [
        `folder/${i}.txt`,
        Array.from({ length: 99 }, Math.random).join('\n'),
      ]),
    );
    const first = commit('one', large);
    expect(await push('one')).toBe('pushed');
    expect(git('memory.git', 'rev-parse', 'main')).toBe(first);
    expect(await push('one')).toBe('up to date');
    git('.', 'clone', '--quiet', 'memory.git', 'two');
    git('two', 'remote', 'set-url', 'origin', urlWith(PASSWORD));
    commit('two', { 'folder/new.txt': 'n\n' });
    expect(await push('two')).toBe('pushed');
    const [whole = 0, little = 0] = packs();
    expect(little).toBeLessThan(whole / 4);
    commit('one', { 'other.txt': 'o\n' });
    expect(await push('one')).toBe('rejected');
    // A merge is two steps ahead of what the remote has; what both parents had is not sent again.
    const theirs = await fetched('one');
    git('one', 'merge', '--quiet', '--no-edit', theirs ?? '');
    git('one', 'gc', '--quiet');
    expect(await push('one')).toBe('pushed');
    expect(packs().at(-1)).toBeLessThan(whole / 4);
    expect(git('memory.git', 'fsck', '--strict')).toBe('');
    expect(git('one', 'rev-parse', 'origin/main')).toBe(git('memory.git', 'rev-parse', 'main'));
  });

  it('fetches a pack that native git takes for its own, also into a shallow clone', async () => {
    commit('one', { 'a.txt': '1\n' });
    commit('one', { 'a.txt': '2\n' });
    await push('one');
    git('.', 'clone', '--quiet', '--depth=1', `file://${folder}/memory.git`, 'shallow');
    git('shallow', 'remote', 'set-url', 'origin', urlWith(PASSWORD));
    const wanted = commit('one', { 'a.txt': '3\n', 'b/c.txt': 'c\n' });
    await push('one');
    expect(await fetched('shallow')).toBe(wanted);
    expect(git('shallow', 'show', `${wanted}:b/c.txt`)).toBe('c');
    expect(git('shallow', 'fsck', '--strict', '--no-dangling')).toBe('');
    git('shallow', 'merge', '--quiet', '--ff-only', 'origin/main');
    // Nothing new: one question, no pack.
    sent = [];
    expect(await fetched('shallow')).toBe(wanted);
    expect(sent.map(({ url }) => url)).toEqual(['/memory.git/info/refs?service=git-upload-pack']);
  });

  it('there is no such branch yet', async () => {
    commit('one', { 'a.txt': '1\n' });
    expect(await fetched('one')).toBeNull();
  });

  it('finds credentials in the environment and where git keeps them, and tells them to nobody else', async () => {
    commit('one', { 'a.txt': '1\n' });
    git('one', 'remote', 'set-url', 'origin', `${server.url}/memory.git`);
    const home = path.join(folder, 'home');
    mkdirSync(home);
    vi.stubEnv('HOME', home);
    vi.stubEnv('XDG_CONFIG_HOME', '');
    await expect(push('one')).rejects.toMatchObject({ code: 'REMOTE_AUTH' });
    const stored = path.join(home, '.git-credentials');
    writeFileSync(
      stored,
      `https://other:no@example.com\n${new URL(urlWith(PASSWORD)).href.replace('/memory.git', '')}\n`,
    );
    expect(await push('one')).toBe('pushed');
    rmSync(stored);
    vi.stubEnv('MAVEN_GIT_USERNAME', 'maven');
    vi.stubEnv('MAVEN_GIT_PASSWORD', 'wrong-word');
    await expect(fetched('one')).rejects.toMatchObject({ code: 'REMOTE_AUTH' });
    await expect(fetched('one')).rejects.not.toThrow(/wrong-word/);
    vi.stubEnv('MAVEN_GIT_PASSWORD', PASSWORD);
    git('one', 'update-ref', '-d', 'refs/remotes/origin/main');
    expect(await fetched('one')).toBe(git('one', 'rev-parse', 'main'));

    // A stranger to whom we are sent does not hear of them.
    const heard: (string | undefined)[] = [];
    const stranger = createServer((request, response) => {
      heard.push(request.headers.authorization);
      const moved = new URL(request.url ?? '/', server.url.replace('127.0.0.1', 'localhost')).href;
      response.writeHead(302, { location: moved }).end();
    });
    await new Promise<void>((resolve) => {
      stranger.listen(0, '127.0.0.1', resolve);
    });
    const { port } = stranger.address() as AddressInfo;
    git(
      'one',
      'remote',
      'set-url',
      'origin',
      `http://maven:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/memory.git`,
    );
    await expect(fetched('one')).rejects.toMatchObject({ code: 'REMOTE_AUTH' });
    expect(heard.filter((header) => header !== undefined).length).toBeGreaterThan(0);
    stranger.close();
  });

  it('speaks no other protocol, and says what to do', async () => {
    commit('one', { 'a.txt': '1\n' });
    for (const url of [
      `${folder}/memory.git`,
      `file://${folder}/memory.git`,
      'ssh://me:s3cret@host/x.git',
      'git@host:x.git',
    ]) {
      git('one', 'remote', 'set-url', 'origin', url);
      const failure = fetched('one');
      await expect(failure).rejects.toMatchObject({
        code: 'REPOSITORY_UNSUPPORTED',
        hint: 'install git, or give the remote an https URL',
      });
      await expect(failure).rejects.not.toThrow(/s3cret/);
    }
  });

  it('a damaged answer leaves nothing behind', async () => {
    const before = commit('one', { 'a.txt': '1\n' });
    await push('one');
    git('.', 'clone', '--quiet', 'memory.git', 'two');
    const broken = createServer((request, response) => {
      const line = (text: string) => `${(text.length + 4).toString(16).padStart(4, '0')}${text}`;
      const service = 'git-upload-pack';
      if (request.method === 'GET') {
        response.writeHead(200, { 'content-type': `application/x-${service}-advertisement` });
        response.end(
          `${line(`# service=${service}\n`)}0000${line(`${'a'.repeat(40)} refs/heads/main\0ofs-delta\n`)}0000`,
        );
        return;
      }
      response.writeHead(200, { 'content-type': `application/x-${service}-result` });
      response.end(`${line('NAK\n')}PACK\0\0\0\u0002\0\0\0\u0001garbage and then some more of it`);
    });
    await new Promise<void>((resolve) => {
      broken.listen(0, '127.0.0.1', resolve);
    });
    const { port } = broken.address() as AddressInfo;
    git('two', 'remote', 'set-url', 'origin', `http://127.0.0.1:${port}/memory.git`);
    await expect(fetched('two')).rejects.toMatchObject({ code: 'REMOTE_FAILED' });
    expect(git('two', 'rev-parse', 'origin/main')).toBe(before);
    expect(git('two', 'count-objects', '-v')).toContain('garbage: 0');
    broken.close();
  });
});
