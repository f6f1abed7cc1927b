import type { FlowRecord } from '../../../parsers/flows.js';
import { MavenError } from '../../errors.js';
import type { Portfolio } from '../../sources/hyperliquid/account-schemas.js';
import { type AccountState, accountState } from '../../sources/hyperliquid/account-state.js';
import { flowsOfUpdates } from '../../sources/hyperliquid/flows-of-updates.js';
import { momentOfTime, timeOfMoment } from '../../sources/hyperliquid/moments.js';
import type { Hyperliquid } from '../../sources/hyperliquid/open-hyperliquid.js';
import { readAccount } from '../../sources/hyperliquid/read-account.js';
import { flowsOfAccount } from './account-flows.js';

/** An account at one moment of the exchange's clock, and what flowed up to it. */
export interface AccountMoment {
  readonly source: string;
  readonly account: AccountState;
  /** What could not be read, and why: the parts of the account, `flows`. */
  readonly failures: readonly { readonly part: string; readonly message: string }[];
  /** Null = could not be read. */
  readonly flows: readonly FlowRecord[] | null;
  /** The flows were asked for from here on; null = from the account's beginning. */
  readonly flowsFrom: string | null;
  /** The exchange's own history, or why there is none. */
  readonly portfolio: { readonly read: Portfolio } | { readonly failed: string };
  /** Money moved while the parts were read, so that they may not fit together. */
  readonly unsettled: boolean;
  readonly warnings: readonly string[];
}

export interface MomentOptions {
  readonly source: string;
  /** Canonical time; null = from the account's beginning. */
  readonly flowsFrom: string | null;
  readonly clock: () => Date;
  readonly recordedAt: () => string;
  /** Answers may be older than the reading by so much, each by its own part of it. */
  readonly cachedMs: number;
}

/** The part of a snapshot's quality that stands for the ledger updates. */
export const FLOWS_PART = 'flows';
/** The part that stands for an account that never stood still. */
export const UNSETTLED_PART = 'moving';

const BEGINNING = timeOfMoment(0);
/** The ledger is asked for beyond the moment: what moved while the parts were read tells whether they fit together. */
const BEYOND_MS = 3_600_000;

/**
 * Reads account, flows and the exchange's own history, in an order that leaves no gap: the flows after the account, so
 * that what the equity contains is among them.
 *
 * Flows that are out of reach are noted, and the rest stands; an answer of another form than it should have is never
 * passed over, except in the history, which is a cross-check.
 *
 * @throws {@link MavenError} UPSTREAM_*; CONFIG_INVALID for an agent wallet.
 */
export async function readMoment(exchange: Hyperliquid, options: MomentOptions): Promise<AccountMoment> {
  const { source, flowsFrom, clock, cachedMs } = options;
  const startedMs = clock().getTime();
  const answers = await readAccount(exchange);
  const account = accountState(answers);
  const spreadMs = Math.max(0, clock().getTime() - startedMs) + cachedMs;
  const atMs = momentOfTime(account.at);
  const failures = answers.failures.map(({ part, error }) => ({ part, message: error.message }));
  const [updates, portfolio] = await Promise.all([
    readFlows(exchange, flowsFrom ?? BEGINNING, timeOfMoment(atMs + BEYOND_MS)),
    readPortfolio(exchange),
  ]);
  if (!('read' in updates)) {
    failures.push({ part: FLOWS_PART, message: updates.failed });
    return { source, account, failures, flows: null, flowsFrom, portfolio, unsettled: false, warnings: [] };
  }
  const made = flowsOfUpdates(updates.read, account.address, options.recordedAt());
  return {
    source,
    account,
    failures,
    flows: flowsOfAccount(made.flows, { source, account: account.address }),
    flowsFrom,
    portfolio,
    unsettled: updates.read.some(({ time }) => time > atMs - spreadMs),
    warnings: made.warnings,
  };
}

type Reading<T> = { readonly read: T } | { readonly failed: string };

async function readFlows(
  exchange: Hyperliquid,
  from: string,
  to: string,
): Promise<Reading<Awaited<ReturnType<Hyperliquid['ledgerUpdates']>>>> {
  try {
    return { read: await exchange.ledgerUpdates(from, to) };
  } catch (error) {
    if (!(error instanceof MavenError) || error.code === 'UPSTREAM_INVALID') throw error;
    return { failed: error.message };
  }
}

async function readPortfolio(exchange: Hyperliquid): Promise<Reading<Portfolio>> {
  try {
    return { read: await exchange.portfolio() };
  } catch (error) {
    if (!(error instanceof MavenError)) throw error;
    return { failed: error.message };
  }
}
