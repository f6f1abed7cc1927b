import type {
  StandInFlow,
  StandInMoment,
  StandInScript,
} from '../../../src/sources/hyperliquid/stand-in/script.js';
import { ACCOUNT } from './snapshot-harness.js';

const FRIEND = '0x3333333333333333333333333333333333333333';
const VAULT = '0xdfc24b077bc1425ad1dea75bcb6f8158e10df303';

/**
 * Sixty days of an account, 2026-03-01 to 2026-04-29 (UTC). Its worth changes in steps only, so that every P&L can be
 * worked out by hand:
 *
 * | when                | what                                             | external | equity after |
 * | ------------------- | ------------------------------------------------ | -------- | ------------ |
 * | 03-01 00:30         | deposit 10,000                                   |   +10000 |     10000    |
 * | 03-02 12:00         | trading +150.25                                  |          |     10150.25 |
 * | 03-05 06:15         | deposit 2,500.50                                 |  +2500.50|     12650.75 |
 * | 03-08 09:00         | trading -320.10                                  |          |     12330.65 |
 * | 03-10 15:45         | 3,000 from perps to spot: internal               |          |     12330.65 |
 * | 03-12 18:20         | rewards of 40.40: income                         |          |     12371.05 |
 * | 03-14 08:10         | withdrawal of 999 with a fee of 1                |    -1000 |     11371.05 |
 * | 03-16 12:00         | trading +500, while nobody looks                 |          |     11871.05 |
 * | 03-16 13:00         | deposit 200.01, while nobody looks               |   +200.01|     12071.06 |
 * | 03-24 10:05         | 1,000 into a vault: internal                     |          |     12071.06 |
 * | 03-27 20:00         | the vault earns 55.55                            |          |     12126.61 |
 * | 03-30 11:11:11.111  | withdrawal of 4,000 with a fee of 1              |    -4001 |      8125.61 |
 * | 04-02 04:04         | liquidated, 250.75 lost                          |          |      7874.86 |
 * | 04-05 23:59:59.999  | deposit 5,000                                    |    +5000 |     12874.86 |
 * | 04-09 14:00         | trading +333.333333                              |          |     13208.193333 |
 * | 04-14 07:07         | 10 HYPE worth 250 come from a friend             |     +250 |     13458.193333 |
 * | 04-17 00:00         | HYPE goes from 25 to 26.5: +15                   |          |     13473.193333 |
 * | 04-24 12:00         | withdrawal of 473.193333                         | -473.193333 |  13000       |
 */
export const SIXTY_DAYS: StandInScript = { address: ACCOUNT, moments: moments(), flows: flows() };

function moments(): readonly StandInMoment[] {
  const spot = (usdc: string, hypeMid?: string): NonNullable<StandInMoment['spot']> => [
    { coin: 'USDC', total: usdc },
    ...(hypeMid === undefined ? [] : [{ coin: 'HYPE', total: '10', mid: hypeMid }]),
  ];
  const perp = (accountValue: string): NonNullable<StandInMoment['perp']> => ({ accountValue });
  return [
    { at: '2026-03-01T00:30:00Z', perp: perp('10000') },
    { at: '2026-03-02T12:00:00Z', perp: perp('10150.25') },
    { at: '2026-03-05T06:15:00Z', perp: perp('12650.75') },
    { at: '2026-03-08T09:00:00Z', perp: perp('12330.65') },
    { at: '2026-03-10T15:45:00Z', perp: perp('9330.65'), spot: spot('3000') },
    { at: '2026-03-12T18:20:00Z', spot: spot('3040.40') },
    { at: '2026-03-14T08:10:00Z', perp: perp('8330.65') },
    { at: '2026-03-16T12:00:00Z', perp: perp('8830.65') },
    { at: '2026-03-16T13:00:00Z', perp: perp('9030.66') },
    { at: '2026-03-24T10:05:00Z', perp: perp('8030.66'), vaults: [{ vault: VAULT, equity: '1000' }] },
    { at: '2026-03-27T20:00:00Z', vaults: [{ vault: VAULT, equity: '1055.55' }] },
    { at: '2026-03-30T11:11:11.111Z', perp: perp('4029.66') },
    { at: '2026-04-02T04:04:00Z', perp: perp('3778.91') },
    { at: '2026-04-05T23:59:59.999Z', perp: perp('8778.91') },
    { at: '2026-04-09T14:00:00Z', perp: perp('9112.243333') },
    { at: '2026-04-14T07:07:00Z', spot: spot('3040.40', '25') },
    { at: '2026-04-17T00:00:00Z', spot: spot('3040.40', '26.5') },
    { at: '2026-04-24T12:00:00Z', perp: perp('8639.05') },
  ];
}

function flows(): readonly StandInFlow[] {
  return [
    { at: '2026-03-01T00:30:00Z', delta: { type: 'deposit', usdc: '10000.0' } },
    { at: '2026-03-05T06:15:00Z', delta: { type: 'deposit', usdc: '2500.50' } },
    { at: '2026-03-10T15:45:00Z', delta: { type: 'accountClassTransfer', usdc: '3000.0', toPerp: false } },
    { at: '2026-03-12T18:20:00Z', delta: { type: 'rewardsClaim', amount: '40.40', token: 'USDC' } },
    { at: '2026-03-14T08:10:00Z', delta: { type: 'withdraw', usdc: '999.0', nonce: 1, fee: '1.0' } },
    { at: '2026-03-16T13:00:00Z', delta: { type: 'deposit', usdc: '200.01' } },
    { at: '2026-03-24T10:05:00Z', delta: { type: 'vaultDeposit', vault: VAULT, usdc: '1000.0' } },
    { at: '2026-03-30T11:11:11.111Z', delta: { type: 'withdraw', usdc: '4000.0', nonce: 2, fee: '1.0' } },
    {
      at: '2026-04-02T04:04:00Z',
      delta: {
        type: 'liquidation',
        liquidatedNtlPos: '5000.0',
        accountValue: '3778.91',
        leverageType: 'Cross',
        liquidatedPositions: [{ coin: 'BTC', szi: '0.05' }],
      },
    },
    { at: '2026-04-05T23:59:59.999Z', delta: { type: 'deposit', usdc: '5000.0' } },
    {
      at: '2026-04-14T07:07:00Z',
      delta: {
        type: 'spotTransfer',
        token: 'HYPE',
        amount: '10.0',
        usdcValue: '250.0',
        user: FRIEND,
        destination: ACCOUNT,
        fee: '0.0',
        nativeTokenFee: '0.0',
        nonce: null,
      },
    },
    { at: '2026-04-24T12:00:00Z', delta: { type: 'withdraw', usdc: '473.193333', nonce: 3, fee: '0.0' } },
  ];
}
