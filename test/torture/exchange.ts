import type { StandInScript } from '../../src/sources/hyperliquid/stand-in/script.js';
import { type StandIn, startStandIn } from '../../src/sources/hyperliquid/stand-in/start-stand-in.js';

export const ACCOUNT = '0x8e2f4b6a9c01d3e5f7089ab1c2d3e4f506172839';
/** What {@link startExchange}'s account is worth before any flow, in USD. */
export const ACCOUNT_VALUE_USD = '1341.5';

/** An account with every part it can have, and a deposit every ten seconds from now on. */
export function startExchange(clock: () => Date = () => new Date()): Promise<StandIn> {
  const now = Date.now();
  const script: StandInScript = {
    address: ACCOUNT,
    moments: [
      {
        at: new Date(now - 86_400_000).toISOString(),
        perp: {
          accountValue: '1000.5',
          positions: [{ coin: 'BTC', size: '0.01', entryPrice: '90000', markPrice: '91000', leverage: 5 }],
        },
        dexs: { xyz: { accountValue: '50' } },
        spot: [
          { coin: 'USDC', total: '200' },
          { coin: 'HYPE', total: '2', mid: '40.5' },
        ],
        vaults: [{ vault: `0x${'b'.repeat(40)}`, equity: '10' }],
      },
    ],
    flows: Array.from({ length: 2000 }, (_, number) => ({
      at: new Date(now + (number - 1) * 10_000).toISOString(),
      delta: { type: 'deposit', usdc: `${1 + (number % 90)}.25` },
    })),
  };
  return startStandIn({ script, clock });
}
