import {
  absoluteDecimal,
  fractionLength,
  multiplyDecimals,
  roundDecimal,
  signOfDecimal,
  subtractDecimals,
  sumDecimals,
} from '../../../parsers/decimal-arithmetic.js';
import type { SnapshotPosition } from '../../../parsers/snapshot.js';
import type { AccountMode, PerpState, SpotState } from './account-schemas.js';
import { MAX_FRACTION_DIGITS } from './fields.js';
import { timeOfMoment } from './moments.js';
import { type AccountAnswers, stakedAmount, USDC } from './read-account.js';
import { spotPrice } from './spot-prices.js';

/** What an account is worth, and what that is made of. Amounts are exact decimal text in USD; null = not known. */
export interface AccountState {
  readonly address: string;
  /** The exchange's clock, canonical time. */
  readonly at: string;
  readonly mode: AccountMode;
  readonly totalValueUsd: string | null;
  readonly availableBalanceUsd: string | null;
  readonly marginUsedUsd: string | null;
  readonly unrealizedPnlUsd: string | null;
  /** By dex, then as the exchange orders them; `xyz:TSLA` = on the dex `xyz`. */
  readonly positions: readonly SnapshotPosition[];
  readonly parts: {
    /** As reported; in a pooled mode these are inside `spotUsd` and no part of the sum. */
    readonly perps: readonly { readonly dex: string; readonly accountValueUsd: string }[];
    readonly spotUsd: string | null;
    readonly vaultsUsd: string | null;
    readonly stakingUsd: string | null;
  };
  /** Tokens held that the exchange does not trade for dollars, hence worth nothing that could be said. */
  readonly unpriced: readonly string[];
  /** Tokens held that have a price; null = not known. */
  readonly priced: readonly string[] | null;
  /** Parts that are missing, in order of name; any = the state is partial. `price:<coin>` and `borrowed` beside those
   * of {@link AccountAnswers}. */
  readonly failed: readonly string[];
}

/**
 * Counts what an account is worth, each dollar once.
 *
 * - `disabled`, `default`, `dexAbstraction`: perps and spot are separate purses. Total = sum of `accountValue` over all
 *   perp dexes (unrealized P&L is in it) + spot balances at the mid of their spot pair + vault equities. Available = sum
 *   of `withdrawable`.
 * - `unifiedAccount`, `portfolioMargin`: one purse. All balances and holds stand in the spot state, the equity of the
 *   perps (unrealized P&L too) is inside the spot balance of their collateral. Total = spot balances at mid + vault
 *   equities; perp `accountValue` is shown and not added. Available = USDC `total` less what is held; under portfolio
 *   margin `spotHold`, since `hold` is reduced by what could be borrowed.
 *
 * What is staked stands beside all of these and counts in every mode, at the mid of HYPE: moving it there is no loss.
 *
 * Margin used and unrealized P&L are the sums over all dexes in every mode. Whatever needs a part that is missing is
 * null. A balance that owes (`borrowed`) leaves the total unknown: whether `total` is net of it is nowhere documented.
 * Collateral of a dex other than USDC counts as one dollar a unit.
 *
 * @see https://hyperliquid.gitbook.io/hyperliquid-docs/trading/account-abstraction-modes ("unified account and
 *   portfolio margin show all balances and holds in the spot clearinghouse state"); the exchange's own `portfolio`
 *   equals the first sum for separate purses and the second for pooled ones.
 */
export function accountState(answers: AccountAnswers): AccountState {
  const { mode, perps } = answers;
  const failed = new Set(answers.failures.map(({ part }) => part));
  const pooled = isPooled(mode);
  const spot = valueSpot(answers);
  for (const part of spot.failed) failed.add(part);
  const vaultsUsd = answers.vaults === null ? null : sumDecimals(answers.vaults.map(({ equity }) => equity));
  const everyDex = ![...failed].some((part) => part.startsWith('perp'));
  const overDexs = (value: (state: PerpState) => string): string | null =>
    everyDex ? sumDecimals(perps.map(({ state }) => value(state))) : null;
  const staking = valueStaking(answers);
  if (staking === 'no_price') failed.add(`price:${STAKED}`);
  const stakingUsd = staking === 'no_price' ? null : staking;
  const perpsUsd = overDexs((state) => state.marginSummary.accountValue);
  return {
    address: answers.address,
    at: timeOfMoment(perps[0]?.state.time ?? 0),
    mode,
    totalValueUsd: total([...(pooled ? [] : [perpsUsd]), spot.usd, vaultsUsd, stakingUsd]),
    availableBalanceUsd: pooled ? freeUsdc(answers.spot, mode) : overDexs((state) => state.withdrawable),
    marginUsedUsd: overDexs((state) => state.marginSummary.totalMarginUsed),
    unrealizedPnlUsd: overDexs((state) =>
      sumDecimals(state.assetPositions.map(({ position }) => position.unrealizedPnl)),
    ),
    positions: perps.flatMap(({ dex, state }) => positionsOf(dex, state)),
    parts: {
      perps: perps.map(({ dex, state }) => ({ dex, accountValueUsd: state.marginSummary.accountValue })),
      spotUsd: spot.usd,
      vaultsUsd,
      stakingUsd,
    },
    unpriced: spot.unpriced,
    priced: spot.priced,
    failed: [...failed].sort(),
  };
}

/** Tells whether perps draw on the spot balances, so that their equity is inside them. */
export function isPooled(mode: AccountMode): boolean {
  return mode === 'unifiedAccount' || mode === 'portfolioMargin';
}

/** @returns null as soon as one part is not known. */
function total(parts: readonly (string | null)[]): string | null {
  const known = parts.filter((part) => part !== null);
  return known.length === parts.length ? storable(sumDecimals(known)) : null;
}

interface SpotValue {
  readonly usd: string | null;
  readonly unpriced: readonly string[];
  readonly priced: readonly string[] | null;
  readonly failed: readonly string[];
}

/** The token that is staked. */
const STAKED = 'HYPE';

/** @returns null = not known. */
function valueStaking({ staking, prices }: AccountAnswers): string | null | 'no_price' {
  if (staking === null) return null;
  const amount = stakedAmount(staking);
  if (signOfDecimal(amount) === 0) return '0';
  if (prices === null) return null;
  const named = prices.meta.tokens.filter(({ name }) => name === STAKED);
  const [token] = named;
  // Anybody may call a token so: of two that are nobody knows which one is staked.
  if (token === undefined || named.length > 1) return 'no_price';
  const price = spotPrice({ coin: STAKED, token: token.index }, prices.meta, prices.mids);
  return typeof price === 'string' ? 'no_price' : storable(multiplyDecimals(amount, price.usd));
}

function valueSpot({ spot, prices }: AccountAnswers): SpotValue {
  if (spot === null) return { usd: null, unpriced: [], priced: null, failed: [] };
  const held = spot.balances.filter(({ total: amount }) => signOfDecimal(amount) !== 0);
  const unpriced: string[] = [];
  const priced: string[] = [];
  const failed: string[] = [];
  const values: string[] = [];
  let complete = true;
  for (const balance of held) {
    if (balance.token === USDC) {
      values.push(balance.total);
      continue;
    }
    if (prices === null) {
      complete = false;
      continue;
    }
    const price = spotPrice(balance, prices.meta, prices.mids);
    if (price === 'no_market') unpriced.push(balance.coin);
    else if (price === 'no_price') failed.push(`price:${balance.coin}`);
    else {
      values.push(multiplyDecimals(balance.total, price.usd));
      priced.push(balance.coin);
    }
  }
  if (spot.balances.some(({ borrowed }) => borrowed !== undefined && signOfDecimal(borrowed) !== 0)) {
    failed.push('borrowed');
  }
  const usd = complete && failed.length === 0 ? storable(sumDecimals(values)) : null;
  return { usd, unpriced, priced: complete ? priced : null, failed };
}

/** A token that is not listed has no balance. */
function freeUsdc(spot: SpotState | null, mode: AccountMode): string | null {
  if (spot === null) return null;
  const usdc = spot.balances.find(({ token }) => token === USDC);
  if (usdc === undefined) return '0';
  const held = mode === 'portfolioMargin' ? (usdc.spotHold ?? usdc.hold) : usdc.hold;
  return subtractDecimals(usdc.total, held);
}

function positionsOf(dex: string, state: PerpState): readonly SnapshotPosition[] {
  return state.assetPositions.flatMap(({ position }) => {
    const sign = signOfDecimal(position.szi);
    if (sign === 0) return [];
    const asset =
      dex === '' || position.coin.startsWith(`${dex}:`) ? position.coin : `${dex}:${position.coin}`;
    return [
      {
        asset,
        side: sign > 0 ? ('long' as const) : ('short' as const),
        sizeAsset: absoluteDecimal(position.szi),
        entryPrice: position.entryPx ?? null,
        positionValueUsd: position.positionValue,
        unrealizedPnlUsd: position.unrealizedPnl,
        leverage: position.leverage.value,
        liquidationPrice: position.liquidationPx ?? null,
        marginUsedUsd: position.marginUsed,
      },
    ];
  });
}

/** A product may have more fraction digits than a record holds. */
function storable(value: string): string {
  return fractionLength(value) > MAX_FRACTION_DIGITS ? roundDecimal(value, MAX_FRACTION_DIGITS) : value;
}
