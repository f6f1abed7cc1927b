import { HOUR, type Instant } from './instant.js';
import type { Random } from './random.js';

/** A market, its prices in ticks. */
export interface Market {
  readonly asset: string;
  /** Decimals of a price. */
  readonly priceScale: number;
  /** Decimals of a size. */
  readonly sizeScale: number;
  priceAt(instant: Instant): bigint;
}

/** How a market is listed, and how its walk begins. */
export interface Listing {
  readonly asset: string;
  readonly priceScale: number;
  readonly sizeScale: number;
  /** First price in ticks. */
  readonly first: number;
  /** Largest step of an hour, in hundredths of a percent. */
  readonly hourlyBps: number;
}

const LISTED = [
  { asset: 'BTC', priceScale: 1, sizeScale: 5, first: 912_400, hourlyBps: 38 },
  { asset: 'ETH', priceScale: 2, sizeScale: 4, first: 301_250, hourlyBps: 52 },
  { asset: 'SOL', priceScale: 3, sizeScale: 2, first: 138_420, hourlyBps: 70 },
  { asset: 'HYPE', priceScale: 4, sizeScale: 2, first: 341_500, hourlyBps: 95 },
] as const;

/** Makes a walk of hourly prices for each market of the history. */
export function makeMarkets(random: Random, start: Instant, end: Instant): readonly [Market, ...Market[]] {
  const make = (listing: Listing): Market => makeMarket(random, listing, start, end);
  const [btc, eth, sol, hype] = LISTED;
  return [make(btc), make(eth), make(sol), make(hype)];
}

/** Makes one market: a walk of hourly prices; between the hours, and before the first, a price goes straight. */
export function makeMarket(random: Random, listing: Listing, start: Instant, end: Instant): Market {
  const { asset, priceScale, sizeScale, first, hourlyBps } = listing;
  const hours = Math.ceil((end - start) / HOUR) + 2;
  const prices = [first];
  for (let hour = 1; hour < hours; hour += 1) {
    const last = prices[hour - 1] ?? first;
    prices.push(Math.max(1, last + Math.round((last * random.int(-hourlyBps, hourlyBps)) / 10_000)));
  }
  return {
    asset,
    priceScale,
    sizeScale,
    priceAt: (instant) => priceBetween(prices, (instant - start) / HOUR),
  };
}

function priceBetween(prices: readonly number[], hours: number): bigint {
  const hour = Math.max(0, Math.floor(hours));
  const from = prices[hour] ?? prices.at(-1) ?? 1;
  const to = prices[hour + 1] ?? from;
  return BigInt(Math.round(from + (to - from) * (hours - hour)));
}
