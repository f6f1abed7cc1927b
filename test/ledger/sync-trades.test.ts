import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { foldLedger } from '../../parsers/fold-ledger.js';
import { mergeRecords } from '../../parsers/merge-records.js';
import { parseTrades } from '../../parsers/trades.js';
import { createSyncHarness, type SyncHarness } from './sync-harness.js';
import { createUpstream, type TestUpstream } from './upstream.js';

const OPEN = `insert into bot_trades (bot_id, symbol, side, entry_price, size, opened_at, status)
  values ('worker-1', 'BTC-USD', 'buy', 43250.5, 0.25, $1, 'open') returning id::text`;

// How many rows a new run reads is not expected anywhere: transactions of other tests hold back the horizon.
describe('sync of trades, on a real Postgres', () => {
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

  const open = async (openedAt: string): Promise<string> => {
    const { rows } = await upstream.run(OPEN, [openedAt]);
    return rows[0]?.id ?? '';
  };
  const close = (id: string, pnl: string): Promise<unknown> =>
    upstream.run(
      `update bot_trades set status = 'closed', exit_price = 44000, realized_pnl = $2, fees = 1.5,
        closed_at = opened_at + interval '1 hour' where id = $1`,
      [id, pnl],
    );

  it('goes through the life of a table: full, new, nothing, closes, late, changed, vanished, restarted', async () => {
    const [first, second] = [await open('2026-01-14T10:00:00.123456Z'), await open('2026-01-15T11:00:00Z')];
    expect(await maven.sync({ mode: 'full' })).toMatchObject({ mode: 'full', read: 2, new: 2, commits: 1 });

    await open('2026-01-15T12:00:00Z');
    expect(await maven.sync()).toMatchObject({ mode: 'new', new: 1, commits: 1 });

    const commits = maven.commits();
    expect(await maven.sync()).toMatchObject({ mode: 'new', new: 0, commits: 0, commit: null });
    expect(maven.commits()).toBe(commits);

    await close(first, '187.375');
    expect(await maven.sync()).toMatchObject({ mode: 'new', closed: 1, commits: 1 });
    expect(maven.ledger().get(`moha/${first}`)?.record).toMatchObject({
      revision: 2,
      status: 'closed',
      positionAction: 'close',
      realizedPnlUsd: '187.375',
      feesUsd: '1.5',
      openedAt: '2026-01-14T10:00:00.123456+00:00',
      closedAt: '2026-01-14T11:00:00.123456+00:00',
      sizeUsd: '10812.625',
    });

    // A transaction takes a lower id and commits after a higher one has been synced.
    const late = await upstream.connect();
    await late.query('begin');
    const lateId = (await late.query(OPEN, ['2026-01-15T13:00:00Z'])).rows[0].id as string;
    const higher = await open('2026-01-15T14:00:00Z');
    expect(Number(higher)).toBeGreaterThan(Number(lateId));
    expect(await maven.sync()).toMatchObject({ new: 1 });
    await late.query('commit');
    expect(await maven.sync()).toMatchObject({ mode: 'new', new: 1 });
    expect(maven.ledger().has(`moha/${lateId}`)).toBe(true);

    await upstream.run('update bot_trades set fees = 2.5 where id = $1', [first]);
    expect(await maven.sync()).toMatchObject({ revised: 1, warningCount: 1 });
    expect(maven.notices.at(-1)).toBe(`moha/${first} was closed and has changed upstream since: fees_usd`);

    await upstream.run('delete from bot_trades where id = $1', [second]);
    const afterDelete = await maven.sync({ mode: 'full' });
    expect(afterDelete).toMatchObject({ new: 0, closed: 0, revised: 0, vanished: 1, commits: 0 });
    expect(maven.notices.at(-1)).toContain(
      `1 trade of the ledger without a row upstream any more, kept: ${second}`,
    );
    expect(maven.ledger().get(`moha/${second}`)?.record.status).toBe('open');

    const before = maven.ledger();
    await upstream.run('truncate bot_trades restart identity');
    const reborn = await open(new Date(Date.now() + 1000).toISOString());
    expect(reborn).toBe(first);
    expect(await maven.sync()).toMatchObject({ new: 1, revised: 0, closed: 0 });
    const after = maven.ledger();
    expect(after.get(`moha@2/${first}`)?.record).toMatchObject({ revision: 1, status: 'open' });
    for (const [key, trade] of before) expect(after.get(key)).toEqual(trade);
    await open(new Date(Date.now() + 2000).toISOString());
    expect(await maven.sync()).toMatchObject({ mode: 'new', new: 1, warningCount: 0 });
    expect(maven.ledger().has(`moha@2/${Number(first) + 1}`)).toBe(true);

    expect(await maven.sync({ mode: 'full' })).toMatchObject({ vanished: 0, warningCount: 1, commits: 0 });
    const stillOpen = [...before.values()].filter(({ record }) => record.status === 'open').length;
    expect(maven.notices.at(-1)).toBe(
      `${before.size} trades of before upstream gave ids out again, kept and not looked for there; ${stillOpen} stand open until a correction ends them`,
    );
  });

  it('takes a row that is corrected in asset and opening for another trade, and names both', async () => {
    const id = await open('2026-01-14T10:00:00Z');
    const other = await open('2026-01-15T10:00:00Z');
    await maven.sync();
    const before = maven.ledger();
    const change = "update bot_trades set symbol = 'ETH', opened_at = '2026-01-13T09:00:00Z' where id = $1";
    await upstream.run(change, [id]);
    expect(await maven.sync()).toMatchObject({ new: 1, revised: 0, warningCount: 2 });
    expect(maven.notices.at(-1)).toBe(
      `moha/${id} is BTC, long, opened 2026-01-14T10:00:00.000000+00:00; row ${id} is now ETH, long, opened ` +
        '2026-01-13T09:00:00.000000+00:00: taken as another trade, of moha@2; where somebody corrected the row, ' +
        'cancel the one that is wrong with record correction',
    );
    expect(maven.ledger().get(`moha/${id}`)).toEqual(before.get(`moha/${id}`));
    expect(maven.ledger().get(`moha@2/${id}`)?.record).toMatchObject({ asset: 'ETH', revision: 1 });
    await upstream.run(change, [other]);
    expect(await maven.sync()).toMatchObject({ new: 1, revised: 0, warningCount: 1 });
    expect(maven.notices.at(-1)).toContain(`moha/${other} is BTC`);
    expect(await maven.sync()).toMatchObject({ commits: 0, warningCount: 0 });
  });

  it('goes on from git alone: another clone continues where this one ended', async () => {
    const id = await open('2026-01-14T10:00:00Z');
    await maven.sync();
    const clone = await createSyncHarness(upstream.url);
    clone.repository.git('fetch', '--quiet', maven.repository.folder, 'main');
    clone.repository.git('reset', '--quiet', '--hard', 'FETCH_HEAD');
    await close(id, '3');
    expect(await clone.sync()).toMatchObject({ mode: 'new', closed: 1 });
    clone.remove();
  });

  it('is one ledger when two clones have both synced: the same bytes in either direction, and nothing new', async () => {
    const id = await open('2026-01-14T10:00:00Z');
    await maven.sync();
    const clone = await createSyncHarness(upstream.url);
    clone.repository.git('fetch', '--quiet', maven.repository.folder, 'main');
    clone.repository.git('reset', '--quiet', '--hard', 'FETCH_HEAD');
    await open('2026-01-14T11:00:00Z');
    await close(id, '3');
    for (const one of [maven, clone]) expect(await one.sync()).toMatchObject({ new: 1, closed: 1 });
    const day = '.moha/maven/trades/2026/2026-01-14.jsonl';
    const [base, ours, theirs] = [
      maven.repository.git('show', `HEAD~1:${day}`),
      maven.repository.git('show', `HEAD:${day}`),
      clone.repository.git('show', `HEAD:${day}`),
    ];
    expect(ours).not.toBe(theirs);
    const merged = mergeRecords('trades', base, ours, theirs);
    expect(mergeRecords('trades', base, theirs, ours)).toEqual(merged);
    expect(merged.conflicts).toEqual([]);
    const before = maven.ledger();
    maven.repository.commit({ [day]: merged.text });
    expect(foldLedger(parseTrades(merged.text, day).records, day).problems).toEqual([]);
    expect([...maven.ledger().keys()]).toEqual([...before.keys()]);
    expect(await maven.sync({ mode: 'full' })).toMatchObject({ unchanged: 2, commits: 0, warningCount: 0 });
    clone.remove();
  });

  it('keeps every digit: microseconds, 18 places, sub-cent fees, a product of both', async () => {
    await upstream.run(
      `insert into bot_trades (id, symbol, side, entry_price, exit_price, size, realized_pnl, fees, opened_at, closed_at, status)
       values (9007199254740993, 'kPEPE', 'SELL', 0.000012345678901234, 0.00001, 12345678901234567890.5,
         -0.000000000000000001, 0.0000000007, '2026-01-14 23:59:59.999999Z', '2026-01-15 00:00:00.000001Z', 'Liquidated')`,
    );
    await maven.sync();
    expect(maven.ledger().get('moha/9007199254740993')?.record).toMatchObject({
      asset: 'KPEPE',
      side: 'short',
      status: 'liquidated',
      entryPrice: '0.000012345678901234',
      sizeAsset: '12345678901234567890.5',
      sizeUsd: '152415787532381.356520486817226877',
      realizedPnlUsd: '-0.000000000000000001',
      feesUsd: '0.0000000007',
      openedAt: '2026-01-14T23:59:59.999999+00:00',
    });
  });

  it('skips what is no trade, names it, and takes it once it is mended', async () => {
    const bad: readonly (readonly [string, string])[] = [
      ["size = 'NaN'", 'size: "NaN"'],
      ["realized_pnl = 'Infinity'", 'realized_pnl: "Infinity"'],
      ['size = null', 'size: there is none'],
      ["side = 'hold'", 'side: "hold" is none of'],
      ["status = 'pending'", 'status: "pending" is none of'],
      ["symbol = repeat('A', 10000)", 'names no asset'],
      ["opened_at = 'infinity'", 'opened_at: "infinity" is not a point in time'],
      ['opened_at = null', 'opened_at: there is none'],
      ['size = -1', 'size: "-1" is negative'],
      ["bot_id = E'a\\nb'", 'bot_id:'],
    ];
    for (const [change] of bad) {
      const id = await open('2026-01-14T10:00:00Z');
      await upstream.run(`update bot_trades set ${change} where id = $1`, [id]);
    }
    const good = await open('2026-01-14T10:00:00Z');
    const report = await maven.sync();
    expect(report).toMatchObject({ read: bad.length + 1, new: 1, skipped: bad.length });
    expect([...maven.ledger().keys()]).toEqual([`moha/${good}`]);
    for (const [i, [, reason]] of bad.entries()) {
      const row = report.skippedRows.find(({ id }) => id === String(i + 1));
      expect(row?.reason).toContain(reason);
      expect(row?.reason.length).toBeLessThan(120);
    }
    // Nothing of them changed, so no cursor would show them again: they are remembered.
    expect(await maven.sync()).toMatchObject({
      mode: 'new',
      skipped: bad.length,
      commits: 0,
    });
    await upstream.run('update bot_trades set size = 1 where id = 3');
    expect(await maven.sync()).toMatchObject({ new: 1, skipped: bad.length - 1 });
  });

  it('writes nothing with --dry-run, and shows the very lines that a run then writes', async () => {
    const id = await open('2026-01-14T10:00:00Z');
    await maven.sync();
    await close(id, '10');
    await open('2026-01-15T10:00:00Z');
    const commits = maven.commits();
    const planned: string[] = [];
    const dry = await maven.sync({ dryRun: true, onLine: (line) => planned.push(line) });
    expect(dry).toMatchObject({ new: 1, closed: 1, commits: 0, commit: null, dryRun: true });
    expect(dry.pnl).toEqual({ realizedUsd: '10', feesUsd: '1.5', netUsd: '8.5', otherFeesUsd: '0' });
    expect(maven.commits()).toBe(commits);
    expect(maven.repository.git('status', '--porcelain')).toBe('');
    const written: string[] = [];
    await maven.sync({ onLine: (line) => written.push(line) });
    const timeless = (lines: readonly string[]): readonly string[] =>
      lines.map((line) => line.replace(/"recorded_at":"[^"]+"/, ''));
    expect(timeless(planned)).toEqual(timeless(written));
  });

  it('compares everything when the watermark is gone or unreadable, and repeats nothing', async () => {
    await open('2026-01-14T10:00:00Z');
    await maven.sync();
    maven.repository.commit({ '.moha/maven/state/moha.json': '<<<<<<< HEAD\n' });
    const report = await maven.sync();
    expect(report).toMatchObject({ mode: 'full', unchanged: 1, new: 0, commits: 1 });
    expect(maven.notices).toContain('.moha/maven/state/moha.json cannot be read: every row is compared');
    maven.repository.commit({ '.moha/maven/state/moha.json': null });
    expect(await maven.sync()).toMatchObject({ mode: 'full', unchanged: 1, new: 0, commits: 1 });
    expect(await maven.sync()).toMatchObject({ mode: 'new', commits: 0 });
  });

  it('leaves a day alone whose ledger has a line that cannot be read, and says where', async () => {
    const id = await open('2026-01-14T10:00:00Z');
    await open('2026-01-15T10:00:00Z');
    await maven.sync();
    maven.repository.commit({ '.moha/maven/trades/2026/2026-01-14.jsonl': '{"v":1,"source":"moha"\n' });
    await close(id, '1');
    const other = await open('2026-01-15T11:00:00Z');
    const report = await maven.sync();
    expect(report).toMatchObject({ new: 1, skipped: 1 });
    expect(report.skippedRows[0]?.reason).toContain('.moha/maven/trades/2026/2026-01-14.jsonl:1');
    expect(other).toBe('3');
  });

  it('follows a trade whose time of opening is corrected upstream, in the file where it began', async () => {
    const id = await open('2026-01-14T10:00:00Z');
    await open('2026-01-15T10:00:00Z');
    await maven.sync();
    await upstream.run("update bot_trades set opened_at = '2026-01-13T09:00:00Z' where id = $1", [id]);
    expect(await maven.sync()).toMatchObject({ new: 0, revised: 1 });
    const trade = maven.ledger().get(`moha/${id}`);
    expect(trade?.record).toMatchObject({ revision: 2, openedAt: '2026-01-13T09:00:00.000000+00:00' });
    expect(await maven.sync({ mode: 'full' })).toMatchObject({ unchanged: 2, vanished: 0, commits: 0 });
  });

  it('takes a time of opening that is refined on a clock ahead of ours for a correction, not for another trade', async () => {
    const ahead = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();
    const id = await open(ahead(10));
    await maven.sync();
    await upstream.run('update bot_trades set opened_at = $2 where id = $1', [id, ahead(11)]);
    expect(await maven.sync()).toMatchObject({ new: 0, revised: 1 });
    expect([...maven.ledger().keys()]).toEqual([`moha/${id}`]);
  });

  it('reads a view by its ids: new rows, closes of open trades, late rows in gaps', async () => {
    await upstream.run('alter table bot_trades rename to trades_base');
    await upstream.run('create view bot_trades as select * from trades_base');
    const id = await open('2026-01-14T10:00:00Z');
    expect(await maven.sync()).toMatchObject({ mode: 'full', new: 1 });
    await close(id, '5');
    const late = await upstream.connect();
    await late.query('begin');
    await late.query(OPEN, ['2026-01-15T13:00:00Z']);
    await open('2026-01-15T14:00:00Z');
    expect(await maven.sync()).toMatchObject({ mode: 'new', new: 1, closed: 1 });
    await late.query('commit');
    expect(await maven.sync()).toMatchObject({ mode: 'new', new: 1 });
    expect(await maven.sync()).toMatchObject({ mode: 'new', new: 0, commits: 0 });
    expect(maven.ledger().size).toBe(3);
  });

  it('reads everything once when upstream was replaced by a copy', async () => {
    const id = await open('2026-01-14T10:00:00Z');
    await maven.sync();
    await upstream.run('create table copied as select * from bot_trades');
    await upstream.run('drop table bot_trades');
    await upstream.run('alter table copied rename to bot_trades');
    await close(id, '5');
    const report = await maven.sync();
    expect(report).toMatchObject({ mode: 'full', closed: 1, new: 0, commits: 1 });
    expect(report.fullBecause).toContain('replaced or restored');
    expect(await maven.sync()).toMatchObject({ mode: 'new', commits: 0 });
  });
});
