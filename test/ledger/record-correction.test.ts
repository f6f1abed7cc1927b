import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedDatabase } from '../../src/db/embedded-database.js';
import { sql } from '../../src/db/sql.js';
import {
  type Corrected,
  type CorrectionInput,
  recordCorrection,
} from '../../src/ledger/record-correction.js';
import { recordDecision } from '../../src/ledger/record-decision.js';
import { reconcile } from '../../src/projection/reconcile.js';
import { createSyncHarness, type SyncHarness } from './sync-harness.js';
import { createUpstream, type TestUpstream } from './upstream.js';

const DAY = '.moha/maven/trades/2026/2026-01-14.jsonl';

describe('corrections of trades', () => {
  let upstream: TestUpstream;
  let maven: SyncHarness;
  beforeEach(async () => {
    upstream = await createUpstream();
    maven = await createSyncHarness(upstream.url);
  });
  afterEach(async () => {
    maven.remove();
    await upstream.drop();
  });

  /** One open trade on BTC with id 1, synced. */
  const begin = async (): Promise<void> => {
    await upstream.run(
      `insert into bot_trades (bot_id, symbol, side, entry_price, size, opened_at, status)
       values ('worker-1', 'BTC-USD', 'buy', 43250.5, 0.25, '2026-01-14T10:00:00Z', 'open')`,
    );
    await maven.sync();
  };
  const close = (): Promise<unknown> =>
    upstream.run(
      `update bot_trades set status = 'closed', exit_price = 44000, realized_pnl = 187.375, fees = 1.5,
        closed_at = '2026-01-14T11:00:00Z' where id = 1`,
    );
  const correct = async (
    fields: readonly string[],
    change: Partial<CorrectionInput> = {},
  ): Promise<Corrected> =>
    recordCorrection(await maven.jobs(), {
      trade: 'moha/1',
      fields,
      withdraw: [],
      reason: 'as the exchange billed it',
      ...change,
    });
  const withdraw = (...names: readonly string[]): Promise<Corrected> => correct([], { withdraw: names });
  const decide = async (decidedAt: string, asset = 'BTC'): Promise<string> => {
    const input = {
      type: 'buy',
      asset,
      risk: 'low',
      confidence: '80',
      action: 'buy',
      reasoning: 'why',
      decidedAt,
    };
    return path.basename((await recordDecision(await maven.jobs(), input)).path);
  };
  const now = () => {
    const trade = maven.ledger().get('moha/1');
    if (trade === undefined) throw new Error('moha/1 is gone');
    return trade.record;
  };
  const corrections = (): Readonly<Record<string, { readonly upstream: string | null }>> =>
    JSON.parse(now().metadata ?? '{}').corrections ?? {};
  const lines = (): readonly string[] =>
    readFileSync(path.join(maven.repository.folder, DAY), 'utf8').split('\n').slice(0, -1);

  it('appends a revision, rewrites nothing, and commits it under its reason', async () => {
    await begin();
    const before = lines();
    const corrected = await correct(['fees_usd=1.25', 'close_reason=manual']);
    expect(corrected).toMatchObject({
      path: DAY,
      trade: 'moha/1',
      revision: 2,
      changes: [
        { field: 'fees_usd', old: null, new: '1.25' },
        { field: 'close_reason', old: null, new: 'manual' },
      ],
    });
    expect(lines().slice(0, 1)).toEqual(before);
    expect(lines()).toHaveLength(2);
    expect(maven.repository.git('log', '-1', '--format=%B')).toContain('as the exchange billed it');
    expect(maven.repository.git('status', '--porcelain')).toBe('');
    expect(corrections()).toMatchObject({
      fees_usd: { upstream: null, reason: 'as the exchange billed it' },
    });
  });

  it('survives later syncs, new and full, while all else follows upstream', async () => {
    await begin();
    await correct(['fees_usd=1.25', 'asset=eth/usdt']);
    await upstream.run('update bot_trades set realized_pnl = 3 where id = 1');
    expect(await maven.sync()).toMatchObject({ mode: 'new', revised: 1, warningCount: 0 });
    expect(now()).toMatchObject({ revision: 3, feesUsd: '1.25', asset: 'ETH', realizedPnlUsd: '3' });
    expect(await maven.sync({ mode: 'full' })).toMatchObject({ unchanged: 1, commits: 0, warningCount: 0 });
    expect(await maven.sync()).toMatchObject({ commits: 0 });
    expect(Object.keys(corrections()).sort()).toEqual(['asset', 'fees_usd']);
  });

  it('is upheld against upstream, which is warned of once, and noted', async () => {
    await begin();
    await correct(['fees_usd=1.25']);
    await close();
    expect(await maven.sync()).toMatchObject({ closed: 1, warningCount: 1 });
    expect(maven.notices.at(-1)).toBe(
      'moha/1: upstream now says something else of fees_usd; the correction stands',
    );
    expect(now()).toMatchObject({ status: 'closed', feesUsd: '1.25', realizedPnlUsd: '187.375' });
    expect(corrections()).toMatchObject({ fees_usd: { upstream: '1.5' } });
    const full = await maven.sync({ mode: 'full' });
    expect(full).toMatchObject({ unchanged: 1, warningCount: 0, commits: 0 });
    // Another scale is the same number, not another word.
    await upstream.run('update bot_trades set fees = 1.500 where id = 1');
    expect(await maven.sync()).toMatchObject({ unchanged: 1, warningCount: 0, commits: 0 });
    await upstream.run('update bot_trades set fees = null where id = 1');
    expect(await maven.sync()).toMatchObject({ revised: 1, warningCount: 1 });
    expect(corrections()).toMatchObject({ fees_usd: { upstream: null } });
    expect(now().feesUsd).toBe('1.25');
  });

  it('is corrected again without forgetting that upstream said nothing', async () => {
    await begin();
    await correct(['fees_usd=1.25']);
    await correct(['fees_usd=1.75']);
    expect(corrections()).toMatchObject({ fees_usd: { upstream: null } });
    const full = await maven.sync({ mode: 'full' });
    expect(full).toMatchObject({ unchanged: 1, warningCount: 0, commits: 0 });
    expect((await withdraw('fees_usd')).changes).toEqual([{ field: 'fees_usd', old: '1.75', new: null }]);
    expect(now().metadata).not.toContain('corrections');
  });

  it('is withdrawn to what upstream said last', async () => {
    await begin();
    await correct(['fees_usd=1.25', 'side=short']);
    await close();
    await maven.sync();
    expect(await withdraw('fees_usd')).toMatchObject({
      changes: [{ field: 'fees_usd', old: '1.25', new: '1.5' }],
    });
    expect(Object.keys(corrections())).toEqual(['side']);
    expect(await maven.sync({ mode: 'full' })).toMatchObject({ unchanged: 1, warningCount: 0, commits: 0 });
    await withdraw('side');
    expect(now()).toMatchObject({ side: 'long', feesUsd: '1.5' });
    expect(await maven.sync({ mode: 'full' })).toMatchObject({ unchanged: 1, commits: 0 });
  });

  it('takes what follows along: size in USD, what the position did', async () => {
    await begin();
    await correct(['entry_price=43000', 'status=liquidated']);
    expect(now()).toMatchObject({ sizeUsd: '10750', positionAction: 'close' });
    await correct(['size_asset=']);
    expect(now()).toMatchObject({ sizeAsset: null, sizeUsd: null });
    await withdraw('size_asset', 'status');
    expect(now()).toMatchObject({ sizeUsd: '10750', positionAction: 'open', status: 'open' });
    expect(await maven.sync({ mode: 'full' })).toMatchObject({ unchanged: 1, warningCount: 0 });
  });

  it('leaves alone what a person set of what follows, until that is withdrawn', async () => {
    await begin();
    await correct(['size_usd=10000', 'position_action=close']);
    await correct(['entry_price=43000']);
    expect(now()).toMatchObject({ sizeUsd: '10000', positionAction: 'close' });
    await upstream.run('update bot_trades set size = 0.5 where id = 1');
    expect(await maven.sync()).toMatchObject({ revised: 1, warningCount: 0 });
    expect(now()).toMatchObject({ sizeUsd: '10000', sizeAsset: '0.5', positionAction: 'close' });
    await withdraw('size_usd', 'position_action');
    expect(now()).toMatchObject({ sizeUsd: '21500', positionAction: 'open' });
    expect(await maven.sync({ mode: 'full' })).toMatchObject({ unchanged: 1, warningCount: 0 });
  });

  it('moves the time of opening, not the trade: the same file, the same identity', async () => {
    await begin();
    await correct(['opened_at=2026-01-12T09:30:00.5+01:00']);
    expect(now()).toMatchObject({ openedAt: '2026-01-12T08:30:00.500000+00:00', revision: 2 });
    expect(lines()).toHaveLength(2);
    expect(await maven.sync({ mode: 'full' })).toMatchObject({
      unchanged: 1,
      new: 0,
      vanished: 0,
      commits: 0,
    });
    await close();
    expect(await maven.sync()).toMatchObject({ closed: 1, new: 0, warningCount: 0 });
    expect(now()).toMatchObject({ status: 'closed', openedAt: '2026-01-12T08:30:00.500000+00:00' });
    // Upstream corrects it as well, to another day still.
    await upstream.run("update bot_trades set opened_at = '2026-01-13T10:00:00Z' where id = 1");
    expect(await maven.sync()).toMatchObject({ revised: 1, new: 0 });
    expect(corrections()).toMatchObject({ opened_at: { upstream: '2026-01-13T10:00:00.000000+00:00' } });
    await withdraw('opened_at');
    expect(now().openedAt).toBe('2026-01-13T10:00:00.000000+00:00');
    expect(await maven.sync({ mode: 'full' })).toMatchObject({ unchanged: 1, new: 0, commits: 0 });
    expect([...maven.ledger().keys()]).toEqual(['moha/1']);
  });

  it('links to a decision that exists, and stays there: upstream knows nothing of links', async () => {
    const near = await decide('2026-01-14T09:50:00Z');
    const other = await decide('2026-01-14T08:00:00Z');
    await begin();
    expect(now().decision).toBe(near);
    await expect(correct(['decision=decision_20990101_000000.md'])).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('there is no "decision_20990101_000000.md" in decisions/'),
    });
    for (const name of ['../identity.json', '../../../etc/passwd', 'README.md', '.', `${'d'.repeat(300)}.md`])
      await expect(correct([`decision=${name}`])).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    await correct([`decision=${other}`]);
    expect(now().decision).toBe(other);
    const full = await maven.sync({ mode: 'full' });
    expect(full).toMatchObject({ unchanged: 1, warningCount: 0, commits: 0 });
    await close();
    expect(await maven.sync()).toMatchObject({ closed: 1, warningCount: 0, linked: 0 });
    expect(now().decision).toBe(other);
    await withdraw('decision');
    expect(now().decision).toBe(near);
    expect(await maven.sync({ mode: 'full' })).toMatchObject({ unchanged: 1, warningCount: 0, commits: 0 });
  });

  it('keeps a trade free of a link that a person took off', async () => {
    await decide('2026-01-14T09:50:00Z');
    await begin();
    await correct(['decision=']);
    expect(await maven.sync({ mode: 'full' })).toMatchObject({ unchanged: 1, linked: 0, commits: 0 });
    expect(now().decision).toBeNull();
  });

  it('links by the corrected asset and time, not by what upstream got wrong', async () => {
    await begin();
    await correct(['asset=ETH', 'opened_at=2026-01-10T10:00:00Z']);
    await decide('2026-01-14T09:50:00Z', 'BTC');
    await decide('2026-01-14T09:55:00Z', 'ETH');
    expect(await maven.sync({ mode: 'full' })).toMatchObject({ linked: 0, unchanged: 1 });
    const right = await decide('2026-01-10T09:55:00Z', 'ETH');
    expect(await maven.sync({ mode: 'full' })).toMatchObject({ linked: 1, revised: 1 });
    expect(now().decision).toBe(right);
  });

  it('finds a trade by its id where that is enough, and asks where it is not', async () => {
    await begin();
    expect((await correct(['fees_usd=1'], { trade: ' 1 ' })).trade).toBe('moha/1');
    await upstream.run('truncate bot_trades restart identity');
    await upstream.run(
      `insert into bot_trades (bot_id, symbol, side, entry_price, size, opened_at, status)
       values ('worker-1', 'BTC-USD', 'buy', 1, 1, now() + interval '1 second', 'open')`,
    );
    await maven.sync();
    await expect(correct(['fees_usd=2'], { trade: '1' })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: '"1" may be each of moha/1, moha@2/1',
    });
    expect((await correct(['fees_usd=2'], { trade: 'moha@2/1' })).trade).toBe('moha@2/1');
    expect(now().feesUsd).toBe('1');
  });

  it('refuses bad input with what is wrong, and writes nothing', async () => {
    await begin();
    await correct(['leverage=3']);
    const before = [maven.commits(), lines()];
    const cases: readonly (readonly [readonly string[], Partial<CorrectionInput>, string])[] = [
      [[], {}, 'nothing to correct'],
      [['fees_usd=1'], { reason: '  ' }, 'reason is missing'],
      [['fees_usd=1'], { reason: undefined }, 'reason is missing'],
      [['fees_usd=1'], { reason: 'a\u0000b' }, 'NUL'],
      [['fees_usd'], {}, 'gives no value'],
      [['fees=1'], {}, '"fees" is no field of a trade'],
      [['__proto__=1'], {}, 'is no field of a trade'],
      [['revision=9'], {}, '"revision" is no field'],
      [['external_trade_id=9'], {}, 'is no field'],
      [['metadata={}'], {}, 'is no field'],
      [['fees_usd=1', 'fees_usd=2'], {}, 'fees_usd is named twice'],
      [['leverage=4'], { withdraw: ['leverage'] }, 'leverage is named twice'],
      [[], { withdraw: ['fees_usd'] }, 'fees_usd has no correction to withdraw'],
      [['leverage=3.0'], {}, 'leverage is 3.0 already, by a correction'],
      [['fees_usd=1,5'], {}, 'expected a plain decimal'],
      [['fees_usd=1e5'], {}, 'expected a plain decimal'],
      [['fees_usd=NaN'], {}, 'expected a plain decimal'],
      [['fees_usd=0.1234567890123456789'], {}, 'expected a plain decimal'],
      [['entry_price=-1'], {}, 'entry_price: "-1" is negative'],
      [['size_asset=-0.5'], {}, 'size_asset: "-0.5" is negative'],
      [['size_asset=99999999999999999999', 'entry_price=99999999999999999999'], {}, 'size_usd'],
      [['opened_at=2026-01-14'], {}, 'expected an ISO 8601 time with a zone'],
      [['opened_at=2026-01-14T10:00:00'], {}, 'expected an ISO 8601 time with a zone'],
      [['opened_at=2026-02-30T10:00:00Z'], {}, 'expected an ISO 8601 time with a zone'],
      [['opened_at='], {}, 'opened_at'],
      [['side=up'], {}, 'side'],
      [['side='], {}, 'side'],
      [['status=won'], {}, 'status'],
      [['asset=???'], {}, 'asset: "???" names no asset'],
      [['asset='], {}, 'asset'],
      [['close_reason=a\nb'], {}, 'close_reason'],
      [[`close_reason=${'x'.repeat(300)}`], {}, 'close_reason'],
      [['fees_usd=1'], { trade: '' }, 'the ledger has no trade ""'],
      [['fees_usd=1'], { trade: '2' }, 'the ledger has no trade "2"'],
      [['fees_usd=1'], { trade: 'moha@2/1' }, 'the ledger has no trade'],
      [['fees_usd=1'], { trade: '../1' }, 'the ledger has no trade'],
      [['fees_usd=1'], { trade: 'x'.repeat(9999) }, 'the ledger has no trade'],
    ];
    for (const [fields, change, message] of cases) {
      const error: unknown = await correct(fields, change).catch((thrown: unknown) => thrown);
      expect(error, JSON.stringify([fields, change])).toMatchObject({
        code: 'INPUT_INVALID',
        message: expect.stringContaining(message),
      });
      expect(String(error).length).toBeLessThan(400);
    }
    expect([maven.commits(), lines()]).toEqual(before);
    expect(maven.repository.git('status', '--porcelain')).toBe('');
  });

  it('is projected like any other revision', async () => {
    await begin();
    await close();
    await maven.sync();
    await correct(['fees_usd=2.375', 'opened_at=2026-01-12T00:00:00Z']);
    const database = openEmbeddedDatabase({ folder: null, lockTimeoutMs: 0, notice: () => undefined });
    try {
      await reconcile({ repository: await maven.repository.open(), database });
      const rows = await database.withSession(({ db }) =>
        sql<
          Record<string, unknown>
        >`select revision::text, fees_usd::text, net_pnl_usd::text, git_path, git_line::text,
          opened_at at time zone 'UTC' = '2026-01-12' as moved from maven_trades`.execute(db),
      );
      expect(rows.rows).toEqual([
        {
          revision: '3',
          fees_usd: '2.375',
          net_pnl_usd: '185.000',
          git_path: DAY,
          git_line: '3',
          moved: 't',
        },
      ]);
    } finally {
      await database.close();
    }
  });
});
