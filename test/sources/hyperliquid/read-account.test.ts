import { afterEach, describe, expect, it } from 'vitest';
import { accountState } from '../../../src/sources/hyperliquid/account-state.js';
import { readAccount } from '../../../src/sources/hyperliquid/read-account.js';
import type { StandInMoment } from '../../../src/sources/hyperliquid/stand-in/script.js';
import type { StandInOptions } from '../../../src/sources/hyperliquid/stand-in/start-stand-in.js';
import { AGENT, NOW, SCRIPT, type Scene, scene } from './support/exchange.js';
import { ACCOUNT } from './support/fixture.js';

let here: Scene;

async function play(options: Partial<StandInOptions> = {}): Promise<Scene> {
  here = await scene(options);
  return here;
}

afterEach(() => here.standIn.close());

describe('an account', () => {
  it('is read whole: every dex, spot at its mids, vaults', async () => {
    const { exchange, standIn } = await play();
    const state = accountState(await readAccount(exchange));
    expect(state).toMatchObject({
      address: ACCOUNT,
      at: '2026-06-15T14:20:00.123000+00:00',
      mode: 'default',
      totalValueUsd: '13037.238044',
      unrealizedPnlUsd: '-9.8',
      failed: [],
    });
    expect(state.positions.map(({ asset, side }) => `${side} ${asset}`)).toEqual([
      'long BTC',
      'short ETH',
      'long xyz:TSLA',
    ]);
    expect(standIn.requests.map(({ type }) => type).sort()).toEqual([
      'allMids',
      'clearinghouseState',
      'clearinghouseState',
      'delegatorSummary',
      'perpDexs',
      'spotClearinghouseState',
      'spotMeta',
      'userAbstraction',
      'userRole',
      'userVaultEquities',
    ]);
  });

  it('that the exchange has never seen is a mistyped one, not an empty one', async () => {
    const { open } = await play();
    const address = `0x${'9'.repeat(40)}`;
    await expect(readAccount(open({ address }))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: `HYPERLIQUID_ADDRESS: the exchange knows no account ${address}`,
    });
  });

  it('is not its agent wallet, whose master is named; nothing else is asked', async () => {
    const { open, standIn } = await play();
    await expect(readAccount(open({ address: AGENT }))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: `HYPERLIQUID_ADDRESS: ${AGENT} is an agent wallet, which holds nothing`,
      hint: `set HYPERLIQUID_ADDRESS=${ACCOUNT}, the account that this agent signs for`,
    });
    expect(standIn.requests).toHaveLength(1);
  });

  it('of one purse is not counted twice', async () => {
    const unified: StandInMoment = {
      at: '2026-06-15T14:00:00Z',
      mode: 'unifiedAccount',
      perp: {
        accountValue: '700.0',
        positions: [{ coin: 'BTC', size: '0.01', entryPrice: '95000', markPrice: '100000', leverage: 5 }],
      },
      dexs: {},
      spot: [{ coin: 'USDC', total: '5000.0', hold: '200.0' }],
      vaults: [],
    };
    const { exchange } = await play({ script: { ...SCRIPT, moments: [...SCRIPT.moments, unified] } });
    const state = accountState(await readAccount(exchange));
    expect(state).toMatchObject({
      totalValueUsd: '5000.0',
      availableBalanceUsd: '4800.0',
      marginUsedUsd: '200.000000',
      unrealizedPnlUsd: '50.00',
    });
    const [whole, perps] = await exchange.portfolio().then((periods) => [periods[0]?.[1], periods[4]?.[1]]);
    expect(whole?.accountValueHistory.at(-1)?.[1]).toBe(state.totalValueUsd);
    expect(perps?.accountValueHistory.at(-1)?.[1]).toBe('700.0');
  });
});

describe('when a part cannot be had', () => {
  it.each([
    ['spotClearinghouseState', ['spot']],
    ['userVaultEquities', ['vaults']],
    ['perpDexs', ['perp_dexs']],
    ['allMids', ['prices']],
    ['spotMeta', ['prices']],
  ])('%s out of reach: the rest stands, without a total', async (call, failed) => {
    const { exchange, standIn } = await play();
    standIn.misbehave({ kind: 'server_error' }, { call });
    const answers = await readAccount(exchange);
    expect(answers.failures).toEqual([
      { part: failed[0], error: expect.objectContaining({ code: 'UPSTREAM_FAILED' }) },
    ]);
    expect(accountState(answers)).toMatchObject({ totalValueUsd: null, failed });
  });

  it.each(['userAbstraction', 'clearinghouseState', 'userRole'])(
    '%s out of reach: one error',
    async (call) => {
      const { exchange, standIn } = await play();
      standIn.misbehave({ kind: 'bad_gateway' }, { call });
      await expect(readAccount(exchange)).rejects.toMatchObject({ code: 'UPSTREAM_FAILED' });
    },
  );

  it('an answer of another form is never passed over', async () => {
    const { exchange, standIn } = await play();
    standIn.misbehave(
      { kind: 'replaced_field', path: 'balances.0.total', value: 312.44 },
      { call: 'spotClearinghouseState' },
    );
    await expect(readAccount(exchange)).rejects.toMatchObject({
      code: 'UPSTREAM_INVALID',
      message:
        'Hyperliquid spotClearinghouseState: balances[0].total: expected a decimal as text, found the number 312.44',
    });
  });
});

describe('the ledger', () => {
  const FROM = '2026-06-15T01:00:00.000000+00:00';
  const TO = '2026-06-15T03:00:00.000000+00:00';

  it.each([500, 3, 4, 5])('is read whole, whatever the page: %d', async (ledgerPageSize) => {
    const { exchange } = await play({ ledgerPageSize });
    const updates = await exchange.ledgerUpdates(FROM, TO);
    expect(updates.map(({ delta }) => delta.type)).toEqual([
      'deposit',
      'accountClassTransfer',
      'rewardsClaim',
      'withdraw',
      'unknown',
    ]);
  });

  it('takes both ends of the window, and nothing beyond', async () => {
    const { exchange } = await play();
    const types = async (from: string, to: string) =>
      (await exchange.ledgerUpdates(from, to)).map(({ delta }) => delta.type);
    expect(await types('2026-06-15T01:00:00.001000+00:00', '2026-06-15T02:00:00.000000+00:00')).toHaveLength(
      3,
    );
    expect(await types('2026-06-15T02:00:00.001000+00:00', '2026-06-15T02:59:59.999000+00:00')).toEqual([]);
    expect(await types(TO, FROM)).toEqual([]);
  });

  it('of many updates, twins among them, loses none and repeats none', async () => {
    const start = Date.parse('2026-06-01T00:00:00Z');
    const flows = Array.from({ length: 1_000 }, (_, n) => ({
      at: new Date(start + Math.floor(n / 3) * 1000).toISOString(),
      hash: '0xaa',
      delta: { type: 'deposit', usdc: n % 2 === 0 ? '1.0' : '2.0' },
    }));
    const { exchange, standIn } = await play({ script: { ...SCRIPT, flows }, ledgerPageSize: 100 });
    const updates = await exchange.ledgerUpdates(
      '2026-06-01T00:00:00.000000+00:00',
      '2026-06-02T00:00:00.000000+00:00',
    );
    expect(updates).toHaveLength(1_000);
    expect(updates.filter(({ delta }) => delta.type === 'deposit' && delta.usdc === '1.0')).toHaveLength(500);
    expect(standIn.requests.length).toBeLessThan(15);
  });
});

it('plays through time', async () => {
  let now = NOW;
  const { standIn, exchange } = await play({ clock: () => now });
  expect(standIn.at(new Date('2026-06-13T00:00:00Z')).perp.accountValue).toBe('0.0');
  now = new Date('2026-06-14T06:00:00Z');
  expect((await exchange.perpState('')).marginSummary.accountValue).toBe('10000.0');
  now = new Date('2026-06-15T12:00:00Z');
  expect((await exchange.perpState('')).marginSummary.accountValue).toBe('10450.5');
});
