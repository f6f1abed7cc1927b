import { z } from 'zod';
import { address, amount, list, moment, numberText, object, shortText, wholeNumber } from './fields.js';

const marginSummary = object({ accountValue: amount, totalMarginUsed: amount });

const position = object({
  coin: shortText,
  /** Signed size: negative = short. */
  szi: amount,
  leverage: object({
    type: z.enum(['cross', 'isolated'], { error: 'cross or isolated' }),
    value: numberText,
  }),
  /** Absent for some positions of the exchange's own accounts. */
  entryPx: amount.nullish(),
  positionValue: amount,
  unrealizedPnl: amount,
  /** Null = this position alone cannot be liquidated. */
  liquidationPx: amount.nullish(),
  marginUsed: amount,
});

/**
 * One perp dex of an account. `accountValue` contains the unrealized P&L; amounts are in the dex's collateral.
 *
 * @see https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/info-endpoint/perpetuals
 */
export const perpState = object({
  marginSummary,
  crossMarginSummary: marginSummary,
  withdrawable: amount,
  assetPositions: list(object({ position })),
  time: moment,
});
export type PerpState = z.output<typeof perpState>;

/** Spot balances; a token without a balance is not listed. */
export const spotState = object({
  balances: list(
    object({
      coin: shortText,
      /** Index of the token; the sides of outcome markets (`+123`) have none. */
      token: wholeNumber.optional(),
      total: amount,
      hold: amount,
      /** Portfolio margin: what is held, before the borrowing power that `hold` is reduced by. */
      spotHold: amount.optional(),
      /** Owed in this token by borrowing; absent = nothing. */
      borrowed: amount.optional(),
    }),
  ),
});
export type SpotState = z.output<typeof spotState>;

/** What is staked, in HYPE: delegated, in the staking balance, and on its way out of it. */
export const stakingSummary = object({
  delegated: amount,
  undelegated: amount,
  totalPendingWithdrawal: amount,
});
export type StakingSummary = z.output<typeof stakingSummary>;

/** Which spot pair prices which token. */
export const spotMeta = object({
  tokens: list(object({ name: shortText, index: wholeNumber })),
  universe: list(
    object({
      /** Base and quote. */
      tokens: z.tuple([wholeNumber, wholeNumber], { error: 'two token indexes' }),
      /** Its key in `allMids`, such as `@107`. */
      name: shortText,
    }),
  ),
});
export type SpotMeta = z.output<typeof spotMeta>;

/** Mid prices by market. */
export const allMids = z.record(z.string(), amount, { error: 'an object' });
export type Mids = z.output<typeof allMids>;

/** Names of the perp dexes; the first entry of the answer is null and stands for the exchange's own. */
export const perpDexs = list(object({ name: shortText.min(1, { error: 'a name' }) }).nullable()).transform(
  (dexs) => dexs.flatMap((dex) => (dex === null ? [] : [dex.name])),
);

export const ACCOUNT_MODES = [
  'disabled',
  'default',
  'unifiedAccount',
  'portfolioMargin',
  'dexAbstraction',
] as const;

/**
 * How an account keeps its collateral. A word that is not known is refused: what the account is worth depends on it.
 */
export const accountMode = z.enum(ACCOUNT_MODES, { error: ACCOUNT_MODES.join(' | ') });
export type AccountMode = z.output<typeof accountMode>;

export const vaultEquities = list(object({ vaultAddress: address, equity: amount }));
export type VaultEquities = z.output<typeof vaultEquities>;

/** What an address is; an agent (API wallet) only signs for its master. */
export const userRole = z.discriminatedUnion(
  'role',
  [
    object({ role: z.enum(['missing', 'user', 'vault']) }),
    object({ role: z.literal('agent'), data: object({ user: address }) }),
    object({ role: z.literal('subAccount'), data: object({ master: address }) }),
  ],
  { error: 'missing | user | vault | agent | subAccount' },
);
export type UserRole = z.output<typeof userRole>;

const history = list(z.tuple([moment, amount], { error: 'a pair of time and value' }));

/** Sampled history, by period (`day`, `week`, `month`, `allTime`, and `perp...` for perps alone): a cross-check. */
export const portfolio = list(
  z.tuple([shortText, object({ accountValueHistory: history, pnlHistory: history, vlm: amount })], {
    error: 'a pair of period and history',
  }),
);
export type Portfolio = z.output<typeof portfolio>;
