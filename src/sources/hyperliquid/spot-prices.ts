import { multiplyDecimals } from '../../../parsers/decimal-arithmetic.js';
import type { Mids, SpotMeta, SpotState } from './account-schemas.js';
import { USDC } from './read-account.js';

/** A price in USD; `no_market` = the exchange does not trade it for dollars; `no_price` = it does, but names none. */
export type SpotPrice = { readonly usd: string } | 'no_market' | 'no_price';

type Balance = SpotState['balances'][number];

/**
 * Finds what one unit of a spot balance is worth.
 *
 * The mid of the token's own spot pair, which `spotMeta` names (`HYPE` is `@107`). Never the perp of the same name: that
 * may be another thing (anybody may call a token `BTC`), and has another price. A token that is traded for another
 * stablecoin only is priced through that. A side of an outcome market (`+123`) is quoted as `#123`.
 *
 * @see https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/asset-ids
 */
export function spotPrice(balance: Pick<Balance, 'coin' | 'token'>, meta: SpotMeta, mids: Mids): SpotPrice {
  if (balance.token === USDC) return { usd: '1' };
  if (balance.token === undefined) {
    // What cannot be looked up has no known price: that is not the same as having no market.
    return balance.coin.startsWith('+') ? midOf(mids, `#${balance.coin.slice(1)}`) : 'no_price';
  }
  // Without a single market in dollars the list of markets is not one to conclude anything from.
  if (!meta.universe.some(({ tokens }) => tokens[1] === USDC)) return 'no_price';
  const pairs = meta.universe.filter(({ tokens }) => tokens[0] === balance.token);
  const direct = pairs.find(({ tokens }) => tokens[1] === USDC);
  if (direct !== undefined) return midOf(mids, direct.name);
  for (const pair of pairs) {
    const quote = meta.universe.find(({ tokens }) => tokens[0] === pair.tokens[1] && tokens[1] === USDC);
    if (quote === undefined) continue;
    const [price, quotePrice] = [midOf(mids, pair.name), midOf(mids, quote.name)];
    if (typeof price === 'string' || typeof quotePrice === 'string') return 'no_price';
    return { usd: multiplyDecimals(price.usd, quotePrice.usd) };
  }
  return 'no_market';
}

/** A mid of nothing is no price. */
function midOf(mids: Mids, market: string): SpotPrice {
  const mid = Object.hasOwn(mids, market) ? mids[market] : undefined;
  return mid === undefined || !/[1-9]/.test(mid) ? 'no_price' : { usd: mid };
}
