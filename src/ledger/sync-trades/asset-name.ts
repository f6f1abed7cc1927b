const QUOTE = /(?:USDT|USDC|USD)$/;
/** What may stand after a contract's name and is no quote currency: `BTCUSD_PERP`, `BTCUSDT_240628`. */
const CONTRACT = /^(?:PERP|SWAP|\d+)$/;
const AFTER_COLON = /^(?:USDT|USDC|USD|UST|DAI|EUR|GBP|JPY|CHF|AUD)$/;
/** Letters and digits of any script, and what a few coins have in their names; not signs alone. */
const NAME = /^(?=.*[\p{L}\p{N}])[\p{L}\p{N}.$@]+$/u;
/** Coins whose own names end like a quote currency. */
const STABLECOINS: ReadonlySet<string> = new Set(
  'BUSD CUSD CRVUSD DUSD EUSD FDUSD FRXUSD GUSD LUSD MUSD NUSD OUSD PYUSD RLUSD SUSD TUSD USD USDC USDT USDD USDE'.split(
    ' ',
  ),
);
const MOST_CHARACTERS = 64;

/**
 * Finds the asset that a market's symbol names: `BTC-USD`, `BTC/USDT`, `BTCUSDT`, `BINANCE:BTCUSDT`, `BTC-PERP` and `btc` are all `BTC`.
 *
 * @returns upper case, without the currency it is quoted in; null = no asset can be seen in the text.
 */
export function assetOfSymbol(symbol: string): string | null {
  if (symbol.length > 4 * MOST_CHARACTERS) return null;
  const upper = symbol.trim().toUpperCase();
  const [base = '', ...rest] = withoutVenue(upper).split(/[-/_:]/);
  if (!NAME.test(base) || base.length > MOST_CHARACTERS) return null;
  return rest.every((part) => CONTRACT.test(part)) ? withoutQuote(base) : base;
}

/** `BINANCE:BTCUSDT` and `xyz:NVDA` begin with the place of trading; `BTC:USD` and `BTC/USDT:USDT` end with a currency. */
function withoutVenue(upper: string): string {
  const [, symbol] = /^[^-/_:]+:(.*)$/.exec(upper) ?? [];
  return symbol === undefined || AFTER_COLON.test(symbol) ? upper : symbol;
}

function withoutQuote(name: string): string {
  const spot = orWhole(name.replace(/PERP$/, ''), name);
  return STABLECOINS.has(spot) ? spot : orWhole(spot.replace(QUOTE, ''), spot);
}

/** A name of one letter is rather a coin's own: then nothing was a currency. */
function orWhole(stripped: string, whole: string): string {
  return stripped.length < 2 ? whole : stripped;
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
