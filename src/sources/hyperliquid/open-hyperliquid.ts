import { setTimeout as delay } from 'node:timers/promises';
import type { z } from 'zod';
import { MavenError } from '../../errors.js';
import {
  type AccountMode,
  accountMode,
  allMids,
  type Mids,
  type PerpState,
  type Portfolio,
  perpDexs,
  perpState,
  portfolio,
  type SpotMeta,
  type SpotState,
  type StakingSummary,
  spotMeta,
  spotState,
  stakingSummary,
  type UserRole,
  userRole,
  type VaultEquities,
  vaultEquities,
} from './account-schemas.js';
import { checkAddress } from './address.js';
import { createInfoClient, type InfoClient } from './info-client.js';
import { readLedgerUpdates } from './ledger-pages.js';
import type { LedgerUpdate } from './ledger-schema.js';
import type { AnswerCache, Limiters, Sleep } from './ports.js';

export interface HyperliquidOptions {
  /** Value of `HYPERLIQUID_ADDRESS`; checked before anything else. */
  readonly address: string | undefined;
  /** Such as `https://api.hyperliquid.xyz`, without a slash at the end. */
  readonly apiUrl: string;
  readonly clock: () => Date;
  readonly warn: (message: string) => void;
  readonly fetch?: typeof fetch;
  /** Keeps answers for a minute (the role for a day); absent = every call is sent. */
  readonly cache?: AnswerCache;
  /** Absent = no limit; pass the one that all processes share. */
  readonly limiter?: Limiters;
  /** For a whole answer, 10 s unless said otherwise. */
  readonly timeoutMs?: number;
  readonly sleep?: Sleep;
  readonly random?: () => number;
}

/** The exchange, read-only: validated answers, amounts as decimal text. Every method throws MavenError UPSTREAM_*. */
export interface Hyperliquid {
  /** In lower case. */
  readonly address: string;
  readonly apiUrl: string;
  role(): Promise<UserRole>;
  mode(): Promise<AccountMode>;
  /** @param dex - empty = the exchange's own, otherwise a name of {@link perpDexs}. */
  perpState(dex: string): Promise<PerpState>;
  /** Names of the builder-deployed perp dexes. */
  perpDexs(): Promise<readonly string[]>;
  spotState(): Promise<SpotState>;
  /** What is staked; outside of all other balances. */
  staking(): Promise<StakingSummary>;
  spotMeta(): Promise<SpotMeta>;
  allMids(): Promise<Mids>;
  vaultEquities(): Promise<VaultEquities>;
  /** The exchange's own sampled history: a cross-check, not an account. */
  portfolio(): Promise<Portfolio>;
  /**
   * All ledger updates of a window, both ends included, to the millisecond.
   *
   * @param from - canonical time.
   * @param to - canonical time.
   * @returns in order of time.
   */
  ledgerUpdates(from: string, to: string): Promise<readonly LedgerUpdate[]>;
}

const TTL_SECONDS = 60;
const ROLE_TTL_SECONDS = 86_400;
const TIMEOUT_MS = 10_000;

/**
 * Opens the exchange's API for one account. Nothing is sent yet.
 *
 * @throws MavenError CONFIG_INVALID when the address is missing or malformed.
 * @see https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/info-endpoint
 */
export function openHyperliquid(options: HyperliquidOptions): Hyperliquid {
  const user = checkAddress(options.address);
  const apiUrl = options.apiUrl.replace(/\/+$/, '');
  warnOfPlainHttp(apiUrl, options.warn);
  const info = createInfoClient({
    apiUrl,
    clock: options.clock,
    fetch: options.fetch ?? fetch,
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    cache: options.cache ?? null,
    limiters: options.limiter ?? null,
    sleep: options.sleep ?? ((ms) => delay(ms)),
    random: options.random ?? Math.random,
  });
  const ask = asker(info);
  return {
    address: user,
    apiUrl,
    role: async () => {
      const known = await ask({ type: 'userRole', user }, userRole, 60, ROLE_TTL_SECONDS);
      // What an address is does not change, but for one thing: it comes into being.
      return known.role === 'missing' ? ask({ type: 'userRole', user }, userRole, 60, 0) : known;
    },
    mode: () => ask({ type: 'userAbstraction', user }, accountMode, 20),
    perpState: (dex) => ask({ type: 'clearinghouseState', user, dex }, perpState, 2),
    perpDexs: () => ask({ type: 'perpDexs' }, perpDexs, 20),
    spotState: () => ask({ type: 'spotClearinghouseState', user }, spotState, 2),
    staking: () => ask({ type: 'delegatorSummary', user }, stakingSummary, 20),
    spotMeta: () => ask({ type: 'spotMeta' }, spotMeta, 20),
    allMids: () => ask({ type: 'allMids' }, allMids, 2),
    vaultEquities: () => ask({ type: 'userVaultEquities', user }, vaultEquities, 20),
    portfolio: () => ask({ type: 'portfolio', user }, portfolio, 20),
    // Never kept: whether the other answers fit together is judged by this one, which must be newer than they are.
    ledgerUpdates: (from, to) => readLedgerUpdates(info, { user, from, to, ttlSeconds: 0 }),
  };
}

/**
 * Refuses what reads as an empty account and is none: an agent wallet, and an address that the exchange has never seen,
 * which is a mistyped one.
 *
 * @throws MavenError CONFIG_INVALID; with the master's address in the hint where there is one.
 */
export function refuseNoAccount(role: UserRole, address: string): void {
  if (role.role === 'missing') {
    throw new MavenError('CONFIG_INVALID', `HYPERLIQUID_ADDRESS: the exchange knows no account ${address}`, {
      hint: 'check the address, digit by digit, and HYPERLIQUID_API_URL; an account exists from its first deposit on',
      data: { address },
    });
  }
  if (role.role !== 'agent') return;
  throw new MavenError(
    'CONFIG_INVALID',
    `HYPERLIQUID_ADDRESS: ${address} is an agent wallet, which holds nothing`,
    {
      hint: `set HYPERLIQUID_ADDRESS=${role.data.user}, the account that this agent signs for`,
      data: { address, master: role.data.user },
    },
  );
}

function asker(info: InfoClient) {
  return <T extends z.ZodType>(
    request: { readonly type: string } & Readonly<Record<string, string>>,
    schema: T,
    weight: number,
    ttlSeconds: number = TTL_SECONDS,
  ): Promise<z.output<T>> => info({ request, schema, weight, ttlSeconds });
}

/** Whoever sits between could answer anything; on this machine (a stand-in) nobody does. */
function warnOfPlainHttp(apiUrl: string, warn: (message: string) => void): void {
  const { protocol, hostname } = new URL(apiUrl);
  if (protocol === 'https:' || ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) return;
  warn(`HYPERLIQUID_API_URL: ${hostname} is asked over plain http, its answers can be forged on the way`);
}
