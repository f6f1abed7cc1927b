import type { Random } from '../history/random.js';

/** A bot of MoHa, and how it behaves. */
export interface Bot {
  readonly id: string;
  readonly type: 'motherbot' | 'worker_bot' | 'simple_ta' | 'manual';
  readonly assets: readonly [string, ...string[]];
  /** Chance that it follows a decision of Maven. */
  readonly follows: number;
  /** Value of a position in cents, from and to. */
  readonly notionalCents: readonly [number, number];
}

/** One more entry = one more share of the trades. */
export const BOTS: readonly [Bot, ...Bot[]] = [
  bot('motherbot-1', 'motherbot', ['BTC', 'ETH', 'SOL', 'HYPE'], 0.55, [40_000, 600_000]),
  bot('motherbot-2', 'motherbot', ['BTC', 'ETH'], 0.55, [40_000, 900_000]),
  bot('worker-btc-1', 'worker_bot', ['BTC'], 0.15, [5_000, 240_000]),
  bot('worker-btc-2', 'worker_bot', ['BTC'], 0.15, [5_000, 240_000]),
  bot('worker-eth-1', 'worker_bot', ['ETH'], 0.15, [5_000, 180_000]),
  bot('worker-eth-2', 'worker_bot', ['ETH'], 0.1, [5_000, 180_000]),
  bot('worker-sol-1', 'worker_bot', ['SOL'], 0.1, [2_000, 120_000]),
  bot('worker-hype-1', 'worker_bot', ['HYPE'], 0.1, [2_000, 120_000]),
  bot('worker-meme-1', 'worker_bot', ['kPEPE'], 0, [500, 60_000]),
  bot('simple-ta-4h', 'simple_ta', ['BTC', 'ETH', 'SOL'], 0, [10_000, 150_000]),
  bot('simple-ta-15m', 'simple_ta', ['BTC', 'SOL', 'kPEPE'], 0, [1_000, 40_000]),
  bot('desk', 'manual', ['BTC', 'ETH', 'HYPE', 'kPEPE'], 0.2, [300, 300_000]),
];

function bot(
  id: string,
  type: Bot['type'],
  assets: Bot['assets'],
  follows: number,
  notionalCents: Bot['notionalCents'],
): Bot {
  return { id, type, assets, follows, notionalCents };
}

/** Every venue and every program spells a market in its own way. */
const SPELLINGS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  BTC: ['BTC', 'BTC', 'BTC-USD', 'BTC/USDT', 'btc', 'BTCUSDT', 'BTC-PERP'],
  ETH: ['ETH', 'ETH', 'ETH-USD', 'ETH/USDT', 'eth', 'ETHUSDT', 'ETH-PERP'],
  SOL: ['SOL', 'SOL', 'SOL-PERP', 'SOL/USDC', 'sol-usd', 'SOLUSDT'],
  HYPE: ['HYPE', 'HYPE', 'HYPE-USD', 'HYPE/USDC', 'hype'],
  kPEPE: ['kPEPE', 'kPEPE', 'kPEPE-PERP', 'kPEPE/USDC'],
};

export function spelling(random: Random, asset: string): string {
  return random.pick(SPELLINGS[asset] ?? [asset]);
}
