const QUOTES = /(?:USDT|USDC|USD|PERP)$/;
/** Coins whose own names end like a quote currency. */
const STABLECOINS: ReadonlySet<string> = new Set(
  'BUSD CUSD CRVUSD DUSD EUSD FDUSD FRXUSD GUSD LUSD MUSD NUSD OUSD PYUSD RLUSD SUSD TUSD USD USDC USDT USDD USDE'.split(
    ' ',
  ),
);
const MOST_CHARACTERS = 64;

/**
 * Finds the asset that a market's symbol names: `BTC-USD`, `BTC/USDT`, `BTCUSDT`, `BTC-PERP` and `btc` are all `BTC`.
 *
 * @returns upper case, without the currency it is quoted in; null = no asset can be seen in the text.
 */
export function assetOfSymbol(symbol: string): string | null {
  if (symbol.length > 4 * MOST_CHARACTERS) return null;
  const upper = symbol.trim().toUpperCase();
  const base = upper.split(/[-/_:]/)[0] ?? '';
  if (!/^[\p{L}\p{N}.$@]+$/u.test(base) || base.length > MOST_CHARACTERS) return null;
  if (base !== upper || STABLECOINS.has(base)) return base;
  const stripped = base.replace(QUOTES, '');
  return stripped.length < 2 ? base : stripped;
}

/**
 * Finds the assets that a decision covers: `BTC,ETH` covers both.
 *
 * @returns normalised as {@link assetOfSymbol} does; empty when it names none.
 */
export function assetsOfDecision(asset: string | null): readonly string[] {
  const names = (asset ?? '').split(/[,;+&|\s]+/).filter((name) => name !== '');
  return [...new Set(names.flatMap((name) => assetOfSymbol(name) ?? []))];
}
