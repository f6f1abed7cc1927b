import { sumDecimals } from '../../../parsers/decimal-arithmetic.js';
import { MavenError } from '../../errors.js';
import type {
  AccountMode,
  Mids,
  PerpState,
  SpotMeta,
  SpotState,
  StakingSummary,
  VaultEquities,
} from './account-schemas.js';
import { type Hyperliquid, refuseNoAccount } from './open-hyperliquid.js';

/** What the exchange said about an account, all asked at one moment. */
export interface AccountAnswers {
  readonly address: string;
  readonly mode: AccountMode;
  /** The exchange's own dex (name empty) first, then all builder-deployed ones that could be read. */
  readonly perps: readonly { readonly dex: string; readonly state: PerpState }[];
  /** Null = could not be read. */
  readonly spot: SpotState | null;
  /** Null = could not be read. */
  readonly staking: StakingSummary | null;
  /** Null = could not be read, or nothing but USDC is held. */
  readonly prices: { readonly meta: SpotMeta; readonly mids: Mids } | null;
  /** Null = could not be read. */
  readonly vaults: VaultEquities | null;
  /** Parts that could not be read: `perp:<dex>`, `perp_dexs`, `spot`, `prices`, `staking`, `vaults`. */
  readonly failures: readonly { readonly part: string; readonly error: MavenError }[];
}

/**
 * Reads everything that an account's worth is made of.
 *
 * The exchange's own dex (whose clock dates the snapshot) and the account's mode must answer. A part beside them that is
 * out of reach after all retries is noted, and the rest stands; an answer of another form than it should have is never
 * passed over.
 *
 * @throws MavenError UPSTREAM_*; CONFIG_INVALID for an agent wallet.
 */
export async function readAccount(exchange: Hyperliquid): Promise<AccountAnswers> {
  refuseNoAccount(await exchange.role(), exchange.address);
  const failures: { part: string; error: MavenError }[] = [];
  const part = async <T>(name: string, answer: Promise<T>): Promise<T | null> => {
    try {
      return await answer;
    } catch (error) {
      if (!(error instanceof MavenError) || error.code === 'UPSTREAM_INVALID') throw error;
      failures.push({ part: name, error });
      return null;
    }
  };
  const [mode, main, dexs, { spot, staking, prices }, vaults] = await Promise.all([
    exchange.mode(),
    exchange.perpState(''),
    part('perp_dexs', exchange.perpDexs()).then((names) => readDexs(exchange, names ?? [], part)),
    readTokens(exchange, part),
    part('vaults', exchange.vaultEquities()),
  ]);
  failures.sort((left, right) => (left.part < right.part ? -1 : 1));
  return {
    address: exchange.address,
    mode,
    perps: [{ dex: '', state: main }, ...dexs],
    spot,
    staking,
    prices,
    vaults,
    failures,
  };
}

type Part = <T>(name: string, answer: Promise<T>) => Promise<T | null>;

async function readDexs(
  exchange: Hyperliquid,
  names: readonly string[],
  part: Part,
): Promise<AccountAnswers['perps']> {
  const states = await Promise.all(names.map((dex) => part(`perp:${dex}`, exchange.perpState(dex))));
  return names.flatMap((dex, index) => {
    const state = states[index] ?? null;
    return state === null ? [] : [{ dex, state }];
  });
}

/** Prices are asked for where something has to be priced. */
async function readTokens(
  exchange: Hyperliquid,
  part: Part,
): Promise<Pick<AccountAnswers, 'spot' | 'staking' | 'prices'>> {
  const [spot, staking] = await Promise.all([
    part('spot', exchange.spotState()),
    part('staking', exchange.staking()),
  ]);
  const held = spot?.balances.some(({ token, total }) => token !== USDC && /[1-9]/.test(total)) ?? false;
  if (!held && (staking === null || !/[1-9]/.test(stakedAmount(staking))))
    return { spot, staking, prices: null };
  const prices = await part(
    'prices',
    Promise.all([exchange.spotMeta(), exchange.allMids()]).then(([meta, mids]) => ({ meta, mids })),
  );
  return { spot, staking, prices };
}

/** @returns all that is staked, in HYPE. */
export function stakedAmount({ delegated, undelegated, totalPendingWithdrawal }: StakingSummary): string {
  return sumDecimals([delegated, undelegated, totalPendingWithdrawal]);
}

/** Index of USDC, in which everything is counted. */
export const USDC = 0;
