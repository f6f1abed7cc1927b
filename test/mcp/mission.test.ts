import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createServerDatabase } from '../support/databases.js';
import { createDemoRepository } from '../support/demo-repository.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import type { TestRepository } from '../support/test-repository.js';
import { type ConnectedServer, connectServer } from './support/mcp-server.js';

/** Counted from the files alone, by nothing of the program: the last revision of each trade wins. */
function btcWinRate(folder: string): { readonly n: number; readonly wins: number } {
  const trades = new Map<string, { status: string; pnl: string | null; asset: string; revision: number }>();
  const root = path.join(folder, '.moha/maven/trades');
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.jsonl')) continue;
    for (const line of readFileSync(path.join(root, name), 'utf8').split('\n')) {
      if (line === '') continue;
      const trade = JSON.parse(line);
      const key = `${trade.source}/${trade.external_trade_id}`;
      if ((trades.get(key)?.revision ?? 0) > trade.revision) continue;
      trades.set(key, {
        status: trade.status,
        pnl: trade.realized_pnl_usd,
        asset: trade.asset,
        revision: trade.revision,
      });
    }
  }
  const ended = [...trades.values()].filter(
    ({ asset, status, pnl }) => asset === 'BTC' && ['closed', 'liquidated'].includes(status) && pnl !== null,
  );
  return { n: ended.length, wins: ended.filter(({ pnl }) => Number(pnl) > 0).length };
}

/** What the newest snapshot file states. */
function sevenDays(folder: string): string {
  const root = path.join(folder, '.moha/maven/snapshots');
  const newest = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .sort()
    .at(-1);
  const snapshot = JSON.parse(readFileSync(path.join(root, newest ?? ''), 'utf8'));
  return snapshot.pnl['7d'].value_usd;
}

describe('the two questions of the mission', () => {
  let repository: TestRepository;
  let database: Awaited<ReturnType<typeof createServerDatabase>>;
  let proxy: TcpProxy;
  let server: ConnectedServer;
  beforeEach(async () => {
    repository = createDemoRepository();
    database = await createServerDatabase();
    const url = new URL(database.url);
    proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
    url.hostname = '127.0.0.1';
    url.port = String(proxy.port);
    server = await connectServer(repository.folder, { env: { MAVEN_DATABASE_URL: url.toString() } });
  });
  afterEach(async () => {
    await server.close();
    await proxy.shut();
    await database.drop();
    repository.remove();
  });

  const wipe = async (): Promise<void> => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query('drop schema public cascade; create schema public').finally(() => client.end());
  };

  it('are answered right, after a wipe too, and the same from git while the database is stopped', async () => {
    const { n, wins } = btcWinRate(repository.folder);
    const pnl7d = sevenDays(repository.folder);
    expect(n).toBeGreaterThan(100);
    const check = async (source: string): Promise<void> => {
      const pnl = await server.call('maven_pnl', { window: '7d' });
      expect(pnl.error, pnl.line).toBe(false);
      expect(pnl.answer.pnl[0]).toMatchObject({ value: pnl7d, unit: 'USD', source, behind_by: 0 });
      const rate = await server.call('maven_win_rate', { asset: 'btc' });
      expect(rate.error, rate.line).toBe(false);
      expect(rate.answer.win_rate).toMatchObject({ n, unit: 'percent', source, behind_by: 0 });
      expect(Number(rate.answer.win_rate.value)).toBeCloseTo((wins / n) * 100, 3);
      expect(rate.answer.notice === null).toBe(source === 'postgres');
      expect(JSON.stringify(rate.answer)).not.toContain(new URL(database.url).password || 'no password');
    };
    await check('postgres');
    await wipe();
    await check('postgres');
    await proxy.shut();
    await check('git');
    const { answer } = await server.call('maven_record_decision', {
      type: 'hold',
      action: 'wait for the database',
    });
    expect(answer).toMatchObject({ database: 'deferred' });
    expect(answer.commit).toBe(repository.git('rev-parse', 'HEAD').trim());
    await check('git');
    await proxy.open();
    await expect
      .poll(() => check('postgres').then(() => true), { timeout: 20_000, interval: 500 })
      .toBe(true);
    const { answer: found } = await server.call('maven_search_memory', { text: 'wait for the database' });
    expect(found.hits).toHaveLength(1);
  });

  it('say by how many commits an answer of an earlier revision is behind', async () => {
    const before = repository.git('rev-parse', 'HEAD').trim();
    for (const n of [1, 2, 3]) repository.commit({ '.moha/maven/personas/maven.md': `calm ${n}\n` });
    const { answer } = await server.call('maven_win_rate', { at: before });
    expect(answer).toMatchObject({ revision: before, behind_by: 3 });
    expect(answer.win_rate.behind_by).toBe(3);
  });
});
