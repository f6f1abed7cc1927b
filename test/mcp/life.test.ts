import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CallToolResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { maven } from '../support/cli.js';
import { createDemoRepository } from '../support/demo-repository.js';
import { removeFolder } from '../support/remove-folder.js';
import type { TestRepository } from '../support/test-repository.js';
import { connectServer, isAlive, type RawServer, startRawServer } from './support/mcp-server.js';

const EVENT = '## 2026-02-01T10:00:00.000000+00:00 | NOTE\n\nquiet\n';

describe('the life of the MCP server', () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = createDemoRepository();
  });
  afterEach(() => repository.remove());

  const ask = (server: RawServer, id: number, method: string, params: unknown) => {
    server.send({ jsonrpc: '2.0', id, method, params });
    return server.answer(id);
  };

  it('tells subscribers what changed when native git moves HEAD, and others nothing', async () => {
    const server = await startRawServer(repository.folder);
    await ask(server, 1, 'resources/subscribe', { uri: 'maven://identity' });
    await ask(server, 2, 'resources/subscribe', { uri: 'maven://memory' });
    await ask(server, 3, 'resources/subscribe', { uri: 'maven://decisions/decision_20260115_164838.md' });
    await ask(server, 4, 'resources/read', { uri: 'maven://identity' });
    await sleep(700);
    repository.commit({ '.moha/maven/session_log.md': `# Log\n\n${EVENT}` }, 'by hand');
    const updated = await server.message(({ method }) => method === 'notifications/resources/updated');
    expect(updated.params.uri).toBe('maven://memory');
    repository.commit({ '.moha/maven/decisions/decision_20260201_100000.md': '# x\n' }, 'by hand');
    await server.message(({ method }) => method === 'notifications/resources/list_changed');
    await ask(server, 5, 'resources/unsubscribe', { uri: 'maven://memory' });
    repository.commit({ 'README.md': 'no artifact\n', '.moha/maven/session_log.md': `# Log\n\n${EVENT}\n` });
    await sleep(1500);
    const told = server.lines.map((line) => JSON.parse(line).method);
    expect(told.filter((method) => method === 'notifications/resources/updated')).toHaveLength(1);
    expect(told.filter((method) => method === 'notifications/resources/list_changed')).toHaveLength(1);
    expect(await server.end()).toBe(0);
  });

  it('--read-only serves no writing tool and refuses its call', async () => {
    const server = await connectServer(repository.folder, { args: ['--read-only'] });
    const { tools } = await server.client.listTools();
    expect(tools).toHaveLength(9);
    for (const { annotations } of tools) expect(annotations?.readOnlyHint).toBe(true);
    const before = repository.git('rev-parse', 'HEAD');
    await expect(server.call('maven_log_event', { type: 'X' })).rejects.toThrow('--read-only');
    await expect(server.call('maven_sync_from_git')).rejects.toThrow('--read-only');
    expect(repository.git('rev-parse', 'HEAD')).toBe(before);
    expect((await server.call('maven_get_stats')).answer.read_only).toBe(true);
    await server.close();
  });

  it('lets commands of the shell have the embedded database, also while it is asked all the time', async () => {
    const server = await connectServer(repository.folder);
    await server.call('maven_get_stats');
    let asking = true;
    let asked = 0;
    const asks = (async () => {
      while (asking) {
        const { error, line } = await server.call('maven_list_trades', { max_tokens: 500 + (asked % 7000) });
        expect(error, line).toBe(false);
        asked += 1;
      }
    })();
    try {
      for (const args of [
        ['record', 'event', '--type', 'SHELL', '--text', 'beside'],
        ['verify', '--json'],
        ['record', 'event', '--type', 'SHELL', '--text', 'again'],
      ]) {
        const run = await maven(args, { cwd: repository.folder, env: { MAVEN_LOCK_TIMEOUT_SECONDS: '20' } });
        expect(run.exitCode, run.stderr + run.stdout).toBe(0);
        expect(run.stdout + run.stderr).not.toContain('not projected');
      }
    } finally {
      asking = false;
      await asks;
    }
    expect(asked).toBeGreaterThan(0);
    const { answer } = await server.call('maven_search_memory', { text: 'beside' });
    expect(answer.hits[0].type).toBe('SHELL');
    await server.close();
  }, 120_000);

  it('tells progress, and stops when the client no longer wants the answer', async () => {
    const server = await connectServer(repository.folder);
    const told: number[] = [];
    const { client } = server;
    await client.callTool(
      { name: 'maven_sync_from_git', arguments: { rebuild: true } },
      CallToolResultSchema,
      { onprogress: ({ progress }) => told.push(progress) },
    );
    expect(told.length).toBeGreaterThan(1);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    const stop = new AbortController();
    const verifying = client.callTool({ name: 'maven_verify', arguments: {} }, CallToolResultSchema, {
      signal: stop.signal,
      onprogress: () => stop.abort('enough'),
    });
    await expect(verifying).rejects.toThrow();
    // What was broken off holds nothing up.
    expect((await server.call('maven_verify')).answer.in_sync).toBe(true);
    await server.close();
  });

  it('logs to stderr and as messages, and keeps stdout for the protocol', async () => {
    const server = await startRawServer(repository.folder);
    const log = await server.message(({ method }) => method === 'notifications/message');
    expect(log.params).toMatchObject({ level: 'info', logger: 'maven.mcp' });
    await server.message(
      ({ method, params }) =>
        method === 'notifications/message' && String(params.data).includes('the database is at'),
    );
    expect(server.stderr()).toContain('maven.mcp - INFO - the database is at');
    for (const line of server.lines) expect(JSON.parse(line).jsonrpc).toBe('2.0');
    await server.end();
  });

  it('ends on SIGTERM as when the client goes', async () => {
    const server = await startRawServer(repository.folder);
    await ask(server, 1, 'tools/call', { name: 'maven_get_stats', arguments: {} });
    const exit = new Promise((resolve) => server.child.once('exit', (code) => resolve(code)));
    server.child.kill('SIGTERM');
    expect(await exit).toBe(0);
    expect(isAlive(server.child.pid ?? 0)).toBe(false);
    // The database was closed in order: the next command finds its note.
    const run = await maven(['reconcile'], { cwd: repository.folder });
    expect(run.stdout).toContain('up to date');
  });

  it('says in every answer that a folder is no repository, and what to do', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'maven-test-nothing-'));
    try {
      const server = await connectServer(folder);
      await expect(server.call('maven_pnl')).rejects.toThrow(/no git repository.*--repo/);
      await expect(server.read('maven://identity')).rejects.toThrow('no git repository');
      execFileSync('git', ['init', '--quiet', folder]);
      const { error, line } = await server.call('maven_pnl');
      expect(error).toBe(true);
      expect(line).toContain('ARTIFACTS_NOT_FOUND');
      await server.close();
    } finally {
      removeFolder(folder);
    }
  });

  it('answers while the first reconcile still runs, and says so', async () => {
    const server = await startRawServer(repository.folder);
    const identity = await ask(server, 1, 'resources/read', { uri: 'maven://identity' });
    expect(identity.result.contents).toHaveLength(1);
    const stats = await ask(server, 2, 'tools/call', {
      name: 'maven_get_stats',
      arguments: {},
      _meta: { progressToken: 7 },
    });
    const { first_reconcile: first, notice, source } = stats.result.structuredContent;
    // Whoever waits too long is answered from git, and told why; the reconcile may end in between.
    if (source === 'postgres') expect([notice, first.state]).toEqual([null, 'done']);
    else expect([notice, source]).toEqual([expect.stringContaining('database'), 'git']);
    const progress = await server.message(({ method }) => method === 'notifications/progress');
    expect(progress.params.progressToken).toBe(7);
    expect(server.stderr()).toContain('bringing the database to HEAD in the background');
    await server.end();
  });
});
