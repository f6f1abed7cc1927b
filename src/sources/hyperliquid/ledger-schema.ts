import { z } from 'zod';
import { address, amount, anyValue, list, moment, object, shortText } from './fields.js';

const transfer = { user: address, destination: address };
const tokenAmount = { token: shortText, amount };
const tokenTransfer = {
  ...transfer,
  ...tokenAmount,
  usdcValue: amount,
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

/** What one update did: a known kind, or `unknown` with the name that the exchange gives it. */
export type LedgerDelta = Known | { readonly type: 'unknown'; readonly name: string };

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
    if (!Object.hasOwn(deltas, name.data)) return { type: 'unknown', name: name.data };
    const read = deltas[name.data as keyof typeof deltas].safeParse(value);
    if (read.success) return { type: name.data, ...read.data } as LedgerDelta;
    for (const issue of read.error.issues) {
      context.addIssue({ code: 'custom', path: issue.path, message: issue.message });
    }
    return z.NEVER;
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
