import { z } from 'zod';
import { address, amount, anyValue, list, moment, object, shortText } from './fields.js';

const transfer = { user: address, destination: address };
const tokenAmount = { token: shortText, amount };
const tokenTransfer = {
  ...transfer,
  ...tokenAmount,
  /** Absent = the exchange tells no value. */
  usdcValue: amount.optional(),
  fee: amount,
  nativeTokenFee: amount.optional(),
  feeToken: z.string().optional(),
};

/**
 * The kinds of ledger update that are known, each with what is read of it.
 *
 * @see node_modules/@nktkas/hyperliquid/src/src/api/info/_methods/userNonFundingLedgerUpdates.ts
 */
export const deltas = {
  accountClassTransfer: object({ usdc: amount, toPerp: z.boolean({ error: 'true or false' }) }),
  activateDexAbstraction: object({ dex: z.string({ error: 'a text' }), ...tokenAmount }),
  borrowLend: object({ operation: shortText, interestAmount: amount, ...tokenAmount }),
  cStakingTransfer: object({ ...tokenAmount, isDeposit: z.boolean({ error: 'true or false' }) }),
  deployGasAuction: object(tokenAmount),
  deposit: object({ usdc: amount }),
  internalTransfer: object({ usdc: amount, fee: amount, ...transfer }),
  liquidation: object({ liquidatedNtlPos: amount, accountValue: amount }),
  rewardsClaim: object(tokenAmount),
  send: object(tokenTransfer),
  spotGenesis: object(tokenAmount),
  spotTransfer: object(tokenTransfer),
  subAccountTransfer: object({ usdc: amount, ...transfer }),
  vaultCreate: object({ vault: address, usdc: amount, fee: amount.optional() }),
  vaultDeposit: object({ vault: address, usdc: amount }),
  vaultDistribution: object({ vault: address, usdc: amount }),
  vaultLeaderCommission: object({ user: address.optional(), usdc: amount }),
  vaultWithdraw: object({ vault: address, user: address, netWithdrawnUsd: amount }),
  withdraw: object({ usdc: amount, fee: amount }),
} as const;

type Known = {
  readonly [K in keyof typeof deltas]: { readonly type: K } & z.output<(typeof deltas)[K]>;
}[keyof typeof deltas];

/** An update that cannot be understood, with the name that the exchange gives its kind. */
export interface UnknownDelta {
  readonly type: 'unknown';
  readonly name: string;
  /** What is odd about it, where the kind is known; null = the kind is not. */
  readonly fault: string | null;
}

/** What one update did. */
export type LedgerDelta = Known | UnknownDelta;

const delta = z
  .custom<Record<string, unknown>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    {
      error: 'an object',
    },
  )
  .transform((value, context): LedgerDelta => {
    const name = shortText.min(1).safeParse(value.type);
    if (!name.success) {
      context.addIssue({ code: 'custom', path: ['type'], message: 'a text' });
      return z.NEVER;
    }
    if (!Object.hasOwn(deltas, name.data)) return { type: 'unknown', name: name.data, fault: null };
    const read = deltas[name.data as keyof typeof deltas].safeParse(value);
    if (read.success) return { type: name.data, ...read.data } as LedgerDelta;
    // One odd update must not stop every snapshot: it is kept as it came, and what it did is not known.
    const issue = read.error.issues[0];
    const fault = `${issue?.path.join('.') ?? ''}: expected ${issue?.message ?? 'another form'}`;
    return { type: 'unknown', name: name.data, fault };
  });

const update = object({
  time: moment,
  hash: z.string().regex(/^0x[0-9a-fA-F]{1,128}$/, { error: 'a hash' }),
  delta,
});

/** Ledger updates, each with its delta as it came. */
export const ledgerUpdates = list(
  z.intersection(
    update,
    object({ delta: anyValue }).transform(({ delta: raw }) => ({ raw })),
  ),
);

/** One movement of the account's ledger that is neither a fill nor funding. */
export type LedgerUpdate = z.output<typeof ledgerUpdates>[number];
