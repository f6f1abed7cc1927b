import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assetOfSymbol, assetsOfDecision } from '../../../src/ledger/sync-trades/asset-name.js';

describe('assetOfSymbol', () => {
  it.each([
    ['BTC-USD', 'BTC'],
    ['BTC/USDT', 'BTC'],
    ['btc', 'BTC'],
    [' BTCUSDT ', 'BTC'],
    ['BTC-PERP', 'BTC'],
    ['BTCPERP', 'BTC'],
    ['BTC_USDC', 'BTC'],
    ['kPEPE', 'KPEPE'],
    ['1INCHUSDT', '1INCH'],
    ['1000PEPEUSDT', '1000PEPE'],
    // A contract of a market that names its quote currency without a sign between.
    ['BTCUSDT-PERP', 'BTC'],
    ['BTCUSD_PERP', 'BTC'],
    ['BTCUSDTPERP', 'BTC'],
    ['BTCUSDT_240628', 'BTC'],
    // Quoted and settled, as ccxt spells it.
    ['BTC/USDT:USDT', 'BTC'],
    ['BTC:USD', 'BTC'],
    ['BTC-EUR', 'BTC'],
    ['BTCEUR', 'BTCEUR'],
    ['BTC-USDT-SWAP', 'BTC'],
    ['HYPE', 'HYPE'],
    ['1000PEPE', '1000PEPE'],
    ['USDC', 'USDC'],
    // What stands before a colon is the place of trading.
    ['BINANCE:BTCUSDT', 'BTC'],
    ['xyz:NVDA', 'NVDA'],
    ['BYBIT:BTC/USDT', 'BTC'],
    // Coins whose names end like a quote currency.
    ['USDT', 'USDT'],
    ['USDCUSDT', 'USDC'],
    ['FDUSD', 'FDUSD'],
    ['FDUSD/USDT', 'FDUSD'],
    ['PYUSD-USD', 'PYUSD'],
    ['SUSD-PERP', 'SUSD'],
    ['PERP', 'PERP'],
    ['PERP-USDT', 'PERP'],
    ['PERPUSDT', 'PERP'],
    ['USD', 'USD'],
    ['币安人生', '币安人生'],
  ])('%s is %s', (symbol, asset) => {
    expect(assetOfSymbol(symbol)).toBe(asset);
  });

  it.each([
    '',
    ' ',
    '-',
    '/USDT',
    ':',
    'BINANCE:',
    'BTC ETH',
    'BTC\nETH',
    "BTC'; drop table",
    '../x',
    'A'.repeat(65),
    'A'.repeat(10_000),
    'BTC\u0000',
    '\u202eBTC',
  ])('%j names no asset', (symbol) => {
    expect(assetOfSymbol(symbol)).toBeNull();
  });

  it('gives the same again for what it gave, whatever stands around it', () => {
    const coin = fc.stringMatching(/^[A-Z][A-Z0-9]{1,6}$/).filter((name) => assetOfSymbol(name) === name);
    const around = fc.constantFrom(
      (name: string) => `${name}-USD`,
      (name: string) => `${name}/USDT`,
      (name: string) => `${name}USDT`,
      (name: string) => `${name}-PERP`,
      (name: string) => `${name}/USDC:USDC`,
      (name: string) => name.toLowerCase(),
      (name: string) => `KRAKEN:${name}USD`,
    );
    fc.assert(fc.property(coin, around, (name, spell) => assetOfSymbol(spell(name)) === name));
  });

  it('never throws, and gives upper case that stays as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (symbol) => {
        const asset = assetOfSymbol(symbol);
        if (asset === null) return;
        expect(asset).toBe(asset.toUpperCase());
        expect(asset).toMatch(/^[\p{L}\p{N}.$@]{1,64}$/u);
      }),
    );
  });
});

describe('assetsOfDecision', () => {
  it.each([
    ['BTC,ETH', ['BTC', 'ETH']],
    ['btc, eth', ['BTC', 'ETH']],
    ['BTC-USD; ETH/USDT', ['BTC', 'ETH']],
    ['BTC + BTC', ['BTC']],
    ['ETH & SOL | HYPE', ['ETH', 'SOL', 'HYPE']],
    ['', []],
    [null, []],
    [', ;', []],
  ])('%j covers %j', (asset, covered) => {
    expect(assetsOfDecision(asset)).toEqual(covered);
  });
});
