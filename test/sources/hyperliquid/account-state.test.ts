import { describe, expect, it } from 'vitest';
import { MavenError } from '../../../src/errors.js';
import * as schemas from '../../../src/sources/hyperliquid/account-schemas.js';
import { accountState } from '../../../src/sources/hyperliquid/account-state.js';
import type { AccountAnswers } from '../../../src/sources/hyperliquid/read-account.js';
import { validate } from '../../../src/sources/hyperliquid/validate.js';
import { ACCOUNT, fixture } from './support/fixture.js';

/** The recorded account; its parts agree with the exchange's own sum in `portfolio`. */
const RECORDED: AccountAnswers = {
  address: ACCOUNT,
  mode: 'default',
  perps: [{ dex: '', state: validate(fixture('clearinghouseState'), schemas.perpState) }],
  spot: validate(fixture('spotClearinghouseState'), schemas.spotState),
  prices: {
    meta: validate(fixture('spotMeta'), schemas.spotMeta),
    mids: validate(fixture('allMids'), schemas.allMids),
  },
  vaults: validate(fixture('userVaultEquities'), schemas.vaultEquities),
  staking: { delegated: '0.0', undelegated: '0.0', totalPendingWithdrawal: '0.0' },
  failures: [],
};

function perp(accountValue: string, marginUsed = '0.0', withdrawable = '0.0'): schemas.PerpState {
  const summary = { accountValue, totalMarginUsed: marginUsed };
  return {
    marginSummary: summary,
    crossMarginSummary: summary,
    withdrawable,
    assetPositions: [],
    time: 1_781_533_200_000,
  };
}

function balance(coin: string, token: number | undefined, total: string, more: object = {}) {
  return { coin, token, total, hold: '0.0', ...more };
}

function failure(part: string): AccountAnswers['failures'][number] {
  return { part, error: new MavenError('UPSTREAM_UNREACHABLE', 'away', { hint: 'wait' }) };
}

describe('an account with separate purses', () => {
  it('is worth perps, spot and vaults: to the digit what the exchange says itself', () => {
    const state = accountState(RECORDED);
    const [, day] = validate(fixture('portfolio'), schemas.portfolio).find(([name]) => name === 'day') ?? [];
    expect(Number(state.totalValueUsd)).toBe(Number(day?.accountValueHistory.at(-1)?.[1]));
    expect(state).toMatchObject({
      at: '2026-06-15T14:20:00.000000+00:00',
      availableBalanceUsd: '21487.186464',
      marginUsedUsd: '5303.834544',
      unrealizedPnlUsd: '294.978',
      parts: {
        perps: [{ dex: '', accountValueUsd: '26791.021008' }],
        spotUsd: '1329.17618',
        vaultsUsd: '757.312044',
      },
      unpriced: [],
      failed: [],
    });
    expect(state.totalValueUsd).toBe('28877.509232');
  });

  it('shows its positions as they are, with what is not there as null', () => {
    expect(accountState(RECORDED).positions.slice(0, 2)).toEqual([
      {
        asset: 'BTC',
        side: 'long',
        sizeAsset: '0.18',
        entryPrice: '97250.4',
        positionValueUsd: '18329.4',
        unrealizedPnlUsd: '824.328',
        leverage: '10',
        liquidationPrice: null,
        marginUsedUsd: '1832.94',
      },
      {
        asset: 'ETH',
        side: 'short',
        sizeAsset: '4.25',
        entryPrice: '3618.72',
        positionValueUsd: '15730.95',
        unrealizedPnlUsd: '-351.39',
        leverage: '8',
        liquidationPrice: '9409.0721370242',
        marginUsedUsd: '1966.36875',
      },
    ]);
  });

  it('sums all dexes and names the dex of a position', () => {
    const [main] = RECORDED.perps;
    const position = main?.state.assetPositions[0]?.position;
    if (main === undefined || position === undefined) throw new Error('the fixture has a position');
    const flat = { position: { ...position, coin: 'GONE', szi: '0.0', unrealizedPnl: '0.0' } };
    const xyz = {
      ...perp('500.25', '82.0', '418.25'),
      assetPositions: [{ position: { ...position, coin: 'xyz:TSLA' } }, flat],
    };
    const abc = {
      ...perp('1.0', '0.5', '0.5'),
      assetPositions: [{ position: { ...position, coin: 'GOLD' } }],
    };
    const state = accountState({
      ...RECORDED,
      perps: [main, { dex: 'xyz', state: xyz }, { dex: 'abc', state: abc }],
    });
    expect(state.totalValueUsd).toBe('29378.759232');
    expect(state.availableBalanceUsd).toBe('21905.936464');
    expect(state.marginUsedUsd).toBe('5386.334544');
    expect(state.unrealizedPnlUsd).toBe('1943.634');
    expect(state.positions.map(({ asset }) => asset)).toEqual(['BTC', 'ETH', 'HYPE', 'xyz:TSLA', 'abc:GOLD']);
  });

  it.each(['disabled', 'dexAbstraction'] as const)('%s counts the same', (mode) => {
    expect(accountState({ ...RECORDED, mode }).totalValueUsd).toBe('28877.509232');
  });

  it('is worth nothing when it holds nothing: a real zero', () => {
    const empty = {
      ...RECORDED,
      perps: [{ dex: '', state: perp('0.0') }],
      spot: { balances: [] },
      prices: null,
      vaults: [],
    };
    expect(accountState(empty)).toMatchObject({ availableBalanceUsd: '0.0', positions: [], failed: [] });
    expect(Number(accountState(empty).totalValueUsd)).toBe(0);
  });

  it('may be in debt', () => {
    const state = accountState({ ...RECORDED, perps: [{ dex: '', state: perp('-2100.5') }] });
    expect(state.totalValueUsd).toBe('-14.011776');
  });
});

describe('an account with one purse', () => {
  const SPOT = { balances: [balance('USDC', 0, '5000.25', { hold: '1200.5' }), balance('HYPE', 150, '10')] };

  it.each(['unifiedAccount', 'portfolioMargin'] as const)(
    '%s: the perps are inside spot and not added',
    (mode) => {
      const perps = [
        { dex: '', state: perp('1350.75', '1200.5') },
        { dex: 'xyz', state: perp('100.0', '10.0') },
      ];
      const state = accountState({ ...RECORDED, mode, perps, spot: SPOT });
      expect(state.totalValueUsd).toBe('6156.282044');
      expect(state.availableBalanceUsd).toBe('3799.75');
      expect(state.marginUsedUsd).toBe('1210.5');
      expect(state.parts).toEqual({
        perps: [
          { dex: '', accountValueUsd: '1350.75' },
          { dex: 'xyz', accountValueUsd: '100.0' },
        ],
        spotUsd: '5398.970',
        stakingUsd: '0',
        vaultsUsd: '757.312044',
      });
    },
  );

  it('whose perps read as near zero is worth what its spot balance says', () => {
    const state = accountState({
      ...RECORDED,
      mode: 'unifiedAccount',
      perps: [{ dex: '', state: perp('0.0') }],
      spot: SPOT,
      vaults: [],
    });
    expect(state.totalValueUsd).toBe('5398.970');
  });

  it('under portfolio margin has free what is not held, not what it could borrow', () => {
    const spot = { balances: [balance('USDC', 0, '10000.0', { hold: '-5.0', spotHold: '200.0' })] };
    const state = (mode: 'portfolioMargin' | 'unifiedAccount') =>
      accountState({ ...RECORDED, mode, spot, prices: null });
    expect(state('portfolioMargin').availableBalanceUsd).toBe('9800.0');
    expect(state('unifiedAccount').availableBalanceUsd).toBe('10005.0');
  });

  it('that owes something has no known total', () => {
    const spot = { balances: [balance('USDC', 0, '10.0', { borrowed: '500.0' })] };
    const state = accountState({ ...RECORDED, mode: 'portfolioMargin', spot, prices: null });
    expect(state).toMatchObject({ totalValueUsd: null, failed: ['borrowed'] });
  });

  it('without USDC has none free', () => {
    expect(
      accountState({ ...RECORDED, mode: 'unifiedAccount', spot: { balances: [] } }).availableBalanceUsd,
    ).toBe('0');
  });

  it('does not need the perps for its total, but for its margin', () => {
    const state = accountState({
      ...RECORDED,
      mode: 'unifiedAccount',
      spot: SPOT,
      failures: [failure('perp:xyz')],
    });
    expect(state).toMatchObject({
      totalValueUsd: '6156.282044',
      marginUsedUsd: null,
      unrealizedPnlUsd: null,
      failed: ['perp:xyz'],
    });
  });
});

describe('a part that is missing', () => {
  it.each([
    ['spot', { spot: null, prices: null }, { availableBalanceUsd: '21487.186464', parts: { spotUsd: null } }],
    ['prices', { prices: null }, { availableBalanceUsd: '21487.186464', parts: { spotUsd: null } }],
    ['vaults', { vaults: null }, { parts: { vaultsUsd: null } }],
    ['staking', { staking: null }, { parts: { stakingUsd: null } }],
    ['perp_dexs', {}, { availableBalanceUsd: null, marginUsedUsd: null, unrealizedPnlUsd: null }],
  ])('%s: no total, never a zero in its place', (part, missing, expected) => {
    const state = accountState({ ...RECORDED, ...missing, failures: [failure(part)] });
    expect(state).toMatchObject({ totalValueUsd: null, failed: [part], ...expected });
  });
});

describe('a spot balance', () => {
  const worth = (coin: string, token: number | undefined, mids: Record<string, string> = {}) =>
    accountState({
      ...RECORDED,
      spot: { balances: [balance(coin, token, '2.0')] },
      prices: {
        meta: RECORDED.prices?.meta ?? { universe: [], tokens: [] },
        mids: { ...RECORDED.prices?.mids, ...mids },
      },
    });

  it('takes the mid of its own pair, not that of the perp of the same name', () => {
    expect(worth('HYPE', 150).parts.spotUsd).toBe('79.7440');
    expect(worth('BTC', 999)).toMatchObject({ parts: { spotUsd: '0' }, unpriced: ['BTC'], failed: [] });
  });

  it('that is traded for another dollar is priced through that', () => {
    expect(worth('OTHER', 201, { '@250': '3.5', '@230': '0.999' }).parts.spotUsd).toBe('6.99300');
  });

  it('of an outcome market has its own quote', () => {
    expect(worth('+14730', undefined, { '#14730': '0.584' }).parts.spotUsd).toBe('1.1680');
  });

  it.each([{}, { '@230': '0.0' }])('whose market names no price makes the total unknown', (mids) => {
    expect(worth('USDH', 360, mids)).toMatchObject({ totalValueUsd: null, failed: ['price:USDH'] });
  });

  it('keeps no more digits than a record can hold', () => {
    const long = worth('HYPE', 150, { '@107': '0.123456789012345678' });
    expect(long.parts.spotUsd).toBe('0.246913578024691356');
  });
});

describe('what is staked', () => {
  const staking = { delegated: '10.0', undelegated: '1.5', totalPendingWithdrawal: '0.5' };
  const worth = (more: Partial<AccountAnswers> = {}) => accountState({ ...RECORDED, staking, ...more });

  it('counts at the mid of HYPE, in every mode: moving it there is no loss', () => {
    // 12 x 39.872
    expect(worth().parts.stakingUsd).toBe('478.4640');
    for (const mode of ['default', 'unifiedAccount'] as const) {
      const without = accountState({ ...RECORDED, mode }).totalValueUsd ?? '';
      expect(Number(worth({ mode }).totalValueUsd)).toBeCloseTo(Number(without) + 478.464, 6);
    }
  });

  it('makes the total unknown where HYPE has no price, or is not one token', () => {
    const { meta = { universe: [], tokens: [] }, mids = {} } = RECORDED.prices ?? {};
    const { '@107': _, ...others } = mids;
    expect(worth({ prices: { meta, mids: others } })).toMatchObject({
      totalValueUsd: null,
      failed: ['price:HYPE'],
    });
    const twice = { ...meta, tokens: [...meta.tokens, { name: 'HYPE', index: 999 }] };
    expect(worth({ prices: { meta: twice, mids } })).toMatchObject({
      totalValueUsd: null,
      failed: ['price:HYPE'],
    });
  });
});

it('takes 50 positions', () => {
  const [main] = RECORDED.perps;
  const position = main?.state.assetPositions[0]?.position;
  if (position === undefined) throw new Error('the fixture has a position');
  const assetPositions = Array.from({ length: 50 }, (_, n) => ({ position: { ...position, coin: `C${n}` } }));
  const state = accountState({
    ...RECORDED,
    perps: [{ dex: '', state: { ...perp('1.0'), assetPositions } }],
  });
  expect(state.positions).toHaveLength(50);
  expect(state.unrealizedPnlUsd).toBe('41216.400');
});
