import {
  type Hyperliquid,
  type HyperliquidOptions,
  openHyperliquid,
} from '../../../../src/sources/hyperliquid/open-hyperliquid.js';
import type { StandInScript } from '../../../../src/sources/hyperliquid/stand-in/script.js';
import {
  type StandIn,
  type StandInOptions,
  startStandIn,
} from '../../../../src/sources/hyperliquid/stand-in/start-stand-in.js';
import { ACCOUNT } from './fixture.js';

export const NOW = new Date('2026-06-15T14:20:00.123Z');
export const AGENT = '0x1111111111111111111111111111111111111111';

/** A day with a position, a second dex, spot, a vault and flows. */
export const SCRIPT: StandInScript = {
  address: ACCOUNT,
  agents: [AGENT],
  moments: [
    { at: '2026-06-14T00:00:00Z', perp: { accountValue: '10000.0' } },
    {
      at: '2026-06-15T12:00:00Z',
      perp: {
        accountValue: '10450.5',
        positions: [
          { coin: 'BTC', size: '0.1', entryPrice: '100000', markPrice: '101830', leverage: 10 },
          {
            coin: 'ETH',
            size: '-2',
            entryPrice: '3600',
            markPrice: '3701.4',
            leverage: 8,
            liquidationPrice: '5100.25',
          },
        ],
      },
      dexs: {
        xyz: {
          accountValue: '500.25',
          positions: [
            { coin: 'xyz:TSLA', size: '1', entryPrice: '400', markPrice: '410', leverage: 5, isolated: true },
          ],
        },
      },
      spot: [
        { coin: 'USDC', total: '312.44' },
        { coin: 'HYPE', total: '25.5', mid: '39.872' },
      ],
      vaults: [{ vault: '0xdfc24b077bc1425ad1dea75bcb6f8158e10df303', equity: '757.312044' }],
    },
  ],
  flows: [
    { at: '2026-06-15T01:00:00Z', delta: { type: 'deposit', usdc: '500.25' } },
    { at: '2026-06-15T02:00:00Z', delta: { type: 'accountClassTransfer', usdc: '100.0', toPerp: false } },
    { at: '2026-06-15T02:00:00Z', delta: { type: 'rewardsClaim', amount: '1.5', token: 'USDC' } },
    { at: '2026-06-15T02:00:00Z', delta: { type: 'withdraw', usdc: '99.0', nonce: 1, fee: '1.0' } },
    { at: '2026-06-15T03:00:00Z', delta: { type: 'somethingNew', usdc: '7.0' } },
  ],
};

export interface Scene {
  readonly standIn: StandIn;
  readonly exchange: Hyperliquid;
  /** What the client waited, in ms. */
  readonly pauses: number[];
  readonly warnings: string[];
  open(options?: Partial<HyperliquidOptions>): Hyperliquid;
}

/** A stand-in and a client that waits for nothing. */
export async function scene(options: Partial<StandInOptions> = {}): Promise<Scene> {
  const standIn = await startStandIn({ script: SCRIPT, clock: () => NOW, ...options });
  const pauses: number[] = [];
  const warnings: string[] = [];
  const open = (overrides: Partial<HyperliquidOptions> = {}): Hyperliquid =>
    openHyperliquid({
      address: ACCOUNT,
      apiUrl: standIn.url,
      clock: () => NOW,
      warn: (message) => warnings.push(message),
      timeoutMs: 300,
      sleep: async (ms) => void pauses.push(ms),
      random: () => 0.5,
      ...overrides,
    });
  return { standIn, exchange: open(), pauses, warnings, open };
}
