import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { MohaSnapshot } from '../../../src/sources/moha/bot-trade.js';
import { BOT_TRADES, createUpstream, failure, readAll, type Upstream } from './upstream.js';

let upstream: Upstream;

beforeAll(async () => {
  upstream = await createUpstream();
  await upstream.run(BOT_TRADES);
  await upstream.run(
    `insert into bot_trades (id, symbol) select i, repeat('x', 20) from generate_series(1, 40000) i`,
  );
});

afterAll(() => upstream.drop());

const terminateOurs = () =>
  upstream.run(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'maven-git sync' and datname = current_database()",
  );

const at = (change: (url: URL) => void): string => {
  const url = new URL(inject('postgresUrl'));
  change(url);
  return url.toString();
};

describe('an upstream that is away or refuses', () => {
  it('does not answer', async () => {
    const error = await failure(
      readAll(await upstream.open({ url: 'postgres://u:topsecret@127.0.0.1:1/d' })),
    );
    expect(error).toMatchObject({
      code: 'UPSTREAM_UNREACHABLE',
      message: expect.stringContaining('127.0.0.1:1/d'),
      hint: expect.stringContaining('MOHA_DATABASE_URL'),
    });
    expect(JSON.stringify(error) + String(error)).not.toContain('topsecret');
  });

  it('does not know the database', async () => {
    const url = at((parts) => {
      parts.pathname = '/no_such_database';
    });
    expect(await failure(readAll(await upstream.open({ url })))).toMatchObject({
      code: 'UPSTREAM_UNREACHABLE',
      message: expect.stringContaining('no_such_database'),
      hint: expect.stringContaining('MOHA_DB_NAME'),
      data: { sqlstate: '3D000' },
    });
  });

  it.each([['wrong'], ['']])('refuses the password %j', async (password) => {
    await upstream.run(
      "do $$ begin create role locked login password 'right'; exception when duplicate_object or unique_violation then null; end $$",
    );
    const url = at((parts) => {
      parts.username = 'locked';
      parts.password = password;
    });
    const before = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    const error = await failure(readAll(await upstream.open({ url })));
    expect(error).toMatchObject({ code: 'UPSTREAM_AUTH', hint: expect.stringContaining('MOHA_DB_PASSWORD') });
    // A login that was left half open would keep this process alive for as long as the server waits.
    await sleep(100);
    const sockets = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap');
    expect(sockets.length).toBeLessThanOrEqual(before);
  });
});

describe('a session that ends', () => {
  it('while it idles in the pool: the next look has a new one', async () => {
    const moha = await upstream.open();
    expect(await readAll(moha)).toHaveLength(40_000);
    await terminateOurs();
    await sleep(50);
    expect(await readAll(moha)).toHaveLength(40_000);
  });

  it('while the caller works on a batch: the process survives, the next batch says why', async () => {
    const moha = await upstream.open();
    const read = async (snapshot: MohaSnapshot) => {
      for await (const batch of snapshot.rows({ kind: 'all' })) {
        if (batch.length === 0) break;
        await terminateOurs();
        await sleep(100);
      }
    };
    const error = await failure(moha.withSnapshot(read));
    expect(error).toMatchObject({ code: 'UPSTREAM_UNREACHABLE', data: { sqlstate: '57P01' } });
    expect(await readAll(moha)).toHaveLength(40_000);
  });

  it('while nothing is asked of it', async () => {
    const moha = await upstream.open();
    const error = await failure(
      moha.withSnapshot(async (snapshot) => {
        await terminateOurs();
        await sleep(100);
        return snapshot.estimate();
      }),
    );
    expect(error).toMatchObject({ code: 'UPSTREAM_UNREACHABLE' });
  });

  it('after everything was read: what was read stands', async () => {
    const moha = await upstream.open();
    const count = await moha.withSnapshot(async (snapshot) => {
      const rows = await snapshot.estimate();
      await terminateOurs();
      await sleep(50);
      return rows;
    });
    expect(count).toBe(40_000);
  });
});

describe('a table that cannot be had', () => {
  it('is locked by somebody else for longer than we wait', async () => {
    const other = await upstream.connect();
    await other.query('begin; lock table bot_trades in access exclusive mode');
    const error = await failure(readAll(await upstream.open()));
    await upstream.disconnect();
    expect(error).toMatchObject({ code: 'UPSTREAM_FAILED', data: { sqlstate: '55P03' } });
  });

  it('fails in the middle: a view that divides by zero', async () => {
    await upstream.run(`create schema broken; create view broken.bot_trades as
      select (1 / (id - 20000))::int as leverage, t.* from public.bot_trades t`);
    const { name, url } = await upstream.role();
    await upstream.run(`alter role ${name} set search_path = broken; grant usage on schema broken to ${name};
      grant select on broken.bot_trades to ${name}`);
    const error = await failure(readAll(await upstream.open({ url })));
    expect(error).toMatchObject({ code: 'UPSTREAM_FAILED', data: { sqlstate: '22012' } });
    await upstream.run('drop schema broken cascade');
  });

  it('gives the mistakes of the caller back as they are, and is usable afterwards', async () => {
    const moha = await upstream.open();
    const mistake = Object.assign(new Error('the disk is full'), { code: 'EPIPE' });
    expect(await failure(moha.withSnapshot(() => Promise.reject(mistake)))).toBe(mistake);
    let kept: MohaSnapshot | undefined;
    await moha.withSnapshot(async (snapshot) => {
      kept = snapshot;
    });
    await expect(kept?.estimate()).rejects.toThrow('has ended');
    expect(await readAll(moha)).toHaveLength(40_000);
  });
});
