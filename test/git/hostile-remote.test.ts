import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchBranch, pushBranch } from '../../src/git/http-exchange.js';
import { findRemoteBranch } from '../../src/git/remote-branch.js';
import { withoutCredentials } from '../../src/git/remote-git.js';
import { openRepository } from '../../src/git/repository.js';
import { type GitHttpServer, startGitHttpServer } from '../support/git-http-server.js';
import { removeFolder } from '../support/remove-folder.js';

const TIMEOUT_MS = 60_000;
const SERVICE = 'git-upload-pack';

describe('a remote that means harm, or is broken', { timeout: 120_000 }, () => {
  let folder: string;
  let honest: GitHttpServer;
  const servers: Server[] = [];
  beforeEach(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'maven-test-hostile-'));
    honest = await startGitHttpServer(folder);
    git('.', 'init', '--quiet', '--bare', '--initial-branch=main', 'memory.git');
    git('memory.git', 'config', 'http.receivepack', 'true');
    git('.', 'init', '--quiet', '--initial-branch=main', 'one');
    git('one', 'remote', 'add', 'origin', `${honest.url}/memory.git`);
    commit('a.txt', '1\n');
    await push();
    git('.', 'clone', '--quiet', 'memory.git', 'two');
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) server.close();
    await honest.close();
    removeFolder(folder);
  });

  const git = (where: string, ...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
      cwd: path.join(folder, where),
      encoding: 'utf8',
    }).trim();
  const commit = (name: string, text: string): string => {
    writeFileSync(path.join(folder, 'one', name), text);
    git('one', 'add', '--all');
    git('one', 'commit', '--quiet', '-m', 'work');
    return git('one', 'rev-parse', 'HEAD');
  };
  const push = async () => {
    const repository = await openRepository(path.join(folder, 'one'), { nativeGit: false });
    return pushBranch(repository, await findRemoteBranch(repository, {}), TIMEOUT_MS);
  };
  const fetched = async () => {
    const repository = await openRepository(path.join(folder, 'two'), { nativeGit: false });
    return fetchBranch(repository, await findRemoteBranch(repository, {}), TIMEOUT_MS);
  };
  /** Makes it the remote of the second clone. */
  const serve = async (answer: RequestListener, login = ''): Promise<string> => {
    const server = createServer(answer);
    servers.push(server);
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    git('two', 'remote', 'set-url', 'origin', `http://${login}${host}/memory.git`);
    return host;
  };
  const trust = (): string => git('two', 'remote', 'set-url', 'origin', `${honest.url}/memory.git`);
  /** Tells of a commit, and answers with a pack whatever is asked. */
  const sending =
    (oid: string, pack: Buffer): RequestListener =>
    (request, response) => {
      const line = (text: string) => `${(text.length + 4).toString(16).padStart(4, '0')}${text}`;
      const isFirst = request.method === 'GET';
      const kind = isFirst ? 'advertisement' : 'result';
      response.writeHead(200, { 'content-type': `application/x-${SERVICE}-${kind}` });
      const refs = `${line(`# service=${SERVICE}\n`)}0000${line(`${oid} refs/heads/main\0ofs-delta\n`)}0000`;
      response.end(isFirst ? refs : Buffer.concat([Buffer.from(line('NAK\n')), pack]));
    };
  const packOf = (...oids: readonly string[]): Buffer =>
    execFileSync('git', ['pack-objects', '--stdout', '-q'], {
      cwd: path.join(folder, 'one'),
      input: oids.map((oid) => `${oid}\n`).join(''),
    });

  it('leaves out a commit, a tree or a file: nothing points at it, and the honest remote mends it', async () => {
    const [before, next] = [git('one', 'rev-parse', 'HEAD'), commit('b.txt', 'b\n')];
    const [tree, blob] = [
      git('one', 'rev-parse', `${next}^{tree}`),
      git('one', 'rev-parse', `${next}:b.txt`),
    ];
    // What came before stays, so each time one thing more is there.
    for (const oids of [[], [next], [tree]]) {
      await serve(sending(next, packOf(...oids)));
      await expect(fetched()).rejects.toMatchObject({
        code: 'REMOTE_FAILED',
        message: 'the remote left out objects of what it sent',
      });
      expect(git('two', 'rev-parse', 'origin/main')).toBe(before);
    }
    await serve(sending(next, packOf(blob)));
    expect(await fetched()).toBe(next);
    expect(git('two', 'show', 'origin/main:b.txt')).toBe('b');
    await push();
    trust();
    const third = commit('c.txt', 'c\n');
    await push();
    expect(await fetched()).toBe(third);
    expect(git('two', 'fsck', '--strict', '--no-dangling')).toBe('');
  });

  it('names as a commit what is none', async () => {
    const before = git('two', 'rev-parse', 'origin/main');
    await serve(sending('rubbish', packOf(before)));
    await expect(fetched()).rejects.toMatchObject({ code: 'REMOTE_FAILED' });
    expect(git('two', 'rev-parse', 'origin/main')).toBe(before);
  });

  it('sends us to another port of its host, where nobody hears of the password', async () => {
    const heard: (string | undefined)[] = [];
    const other = await serve((request, response) => {
      heard.push(request.headers.authorization);
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
    });
    const asked: (string | undefined)[] = [];
    await serve((request, response) => {
      asked.push(request.headers.authorization);
      response.writeHead(302, { location: `http://${other}${request.url}` }).end();
    }, 'me:s3cret@');
    await expect(fetched()).rejects.toMatchObject({ code: 'REMOTE_AUTH' });
    expect(asked.filter((header) => header !== undefined).length).toBeGreaterThan(0);
    expect(heard.length).toBeGreaterThan(0);
    expect(heard.filter((header) => header !== undefined)).toEqual([]);
  });

  it('has several URLs: the first is fetched from, and no push goes to one of them alone', async () => {
    trust();
    for (const repository of ['one', 'two'])
      git(repository, 'remote', 'set-url', '--add', 'origin', 'http://127.0.0.1:1/other.git');
    expect(await fetched()).toBe(git('one', 'rev-parse', 'HEAD'));
    commit('b.txt', 'b\n');
    await expect(push()).rejects.toMatchObject({ code: 'REPOSITORY_UNSUPPORTED' });
    git('one', 'config', 'remote.origin.pushurl', `${honest.url}/memory.git`);
    expect(await push()).toBe('pushed');
  });

  it('a ref of earlier days in the way is told, an empty folder is not', async () => {
    trust();
    git('two', 'update-ref', '-d', 'refs/remotes/origin/HEAD');
    git('two', 'update-ref', '-d', 'refs/remotes/origin/main');
    git('two', 'update-ref', 'refs/remotes/origin/main/old', 'HEAD');
    await expect(fetched()).rejects.toMatchObject({ code: 'REF_INVALID' });
    git('two', 'update-ref', '-d', 'refs/remotes/origin/main/old');
    mkdirSync(path.join(folder, 'two/.git/refs/remotes/origin/main/empty'), { recursive: true });
    expect(await fetched()).toBe(git('two', 'rev-parse', 'origin/main'));
  });

  it.each([
    "https://me:it's@host/x",
    'https://me:p@ss@host/x',
    'https://me:"quoted"@host/x',
    'http://me@host/x',
  ])('%s is told without its password', (url) => {
    expect(withoutCredentials(`fatal: unable to access '${url}': no`)).toBe(
      `fatal: unable to access '${new URL(url).protocol}//host/x': no`,
    );
  });

  it('a URL that cannot be read is not shown at all', async () => {
    git('two', 'remote', 'set-url', 'origin', 'https://me:s3/cret@host/x');
    await expect(fetched()).rejects.toMatchObject({ code: 'REPOSITORY_UNSUPPORTED' });
    await expect(fetched()).rejects.not.toThrow(/cret/);
  });
});
