import type { AccountMode } from '../account-schemas.js';

/** A life of one account, for the stand-in to play. Amounts are decimal text; times are ISO 8601 with a zone. */
export interface StandInScript {
  /** `0x` and 40 hex digits, lower case. */
  readonly address: string;
  /** In order of time. Before the first the account is empty; what a moment leaves out stays as it was. */
  readonly moments: readonly StandInMoment[];
  /** In order of time. They do not move the equity: the moments say what it is. */
  readonly flows?: readonly StandInFlow[];
  /** Addresses of agent wallets that sign for the account. */
  readonly agents?: readonly string[];
}

export interface StandInMoment {
  readonly at: string;
  /** `default` unless said otherwise. */
  readonly mode?: AccountMode;
  /** The exchange's own perp dex. */
  readonly perp?: StandInPerp;
  /** Builder-deployed dexes by name. */
  readonly dexs?: Readonly<Record<string, StandInPerp>>;
  readonly spot?: readonly StandInBalance[];
  readonly vaults?: readonly StandInVault[];
  readonly staking?: StandInStaking;
}

/** In HYPE, whose mid a balance of the spot account gives. */
export interface StandInStaking {
  readonly delegated: string;
  readonly undelegated?: string;
  readonly pending?: string;
}

export interface StandInPerp {
  readonly accountValue: string;
  /** Absent = the account value less the margin used, and not below zero. */
  readonly withdrawable?: string;
  /** Absent = the sum over the positions. */
  readonly marginUsed?: string;
  readonly positions?: readonly StandInPosition[];
}

export interface StandInPosition {
  readonly coin: string;
  /** Negative = short. */
  readonly size: string;
  readonly entryPrice: string;
  readonly markPrice: string;
  /** Whole number from 1. */
  readonly leverage: number;
  readonly isolated?: boolean;
  readonly liquidationPrice?: string;
}

export interface StandInBalance {
  readonly coin: string;
  readonly total: string;
  readonly hold?: string;
  /** Mid price in USDC; not for USDC itself. */
  readonly mid?: string;
}

export interface StandInVault {
  readonly vault: string;
  readonly equity: string;
}

export interface StandInFlow {
  readonly at: string;
  /** Absent = made from its place in the script. */
  readonly hash?: string;
  /** As the exchange spells it: `{ type: 'deposit', usdc: '100.0' }`. */
  readonly delta: { readonly type: string } & Readonly<Record<string, unknown>>;
}

/** An account at one moment, nothing left out. */
export interface StandInState {
  readonly mode: AccountMode;
  readonly perp: StandInPerp;
  readonly dexs: Readonly<Record<string, StandInPerp>>;
  readonly spot: readonly StandInBalance[];
  readonly vaults: readonly StandInVault[];
  readonly staking: StandInStaking;
}

export const EMPTY_STATE: StandInState = {
  mode: 'default',
  perp: { accountValue: '0.0' },
  dexs: {},
  spot: [],
  vaults: [],
  staking: { delegated: '0.0' },
};

/** @param ms - since 1970. @returns the account as the script has it then. */
export function stateAt(script: StandInScript, ms: number): StandInState {
  let state = EMPTY_STATE;
  for (const { at, ...changes } of script.moments) {
    if (momentOf(at) > ms) break;
    state = { ...state, ...changes };
  }
  return state;
}

/** @throws RangeError when the text is no time. */
export function momentOf(at: string): number {
  const ms = Date.parse(at);
  if (Number.isNaN(ms)) throw new RangeError(`script of the stand-in: '${at}' is not a time`);
  return ms;
}

/** Coins that the script ever holds in spot, USDC first, with their token indexes and pair names. */
export function tokensOf(script: StandInScript): readonly { coin: string; token: number; pair: string }[] {
  const coins = new Set(script.moments.flatMap(({ spot }) => (spot ?? []).map(({ coin }) => coin)));
  coins.delete('USDC');
  const listed = [...coins].map((coin, index) =>
    coin === 'HYPE'
      ? { coin, token: 150, pair: '@107' }
      : { coin, token: 200 + index, pair: `@${200 + index}` },
  );
  return [{ coin: 'USDC', token: 0, pair: '' }, ...listed];
}

/** Names of the builder-deployed dexes that the script ever uses. */
export function dexsOf(script: StandInScript): readonly string[] {
  return [...new Set(script.moments.flatMap(({ dexs }) => Object.keys(dexs ?? {})))];
}

/** All flows of a script in the form of the exchange. */
export function updatesOf(script: StandInScript) {
  return (script.flows ?? []).map(({ at, hash, delta }, index) => ({
    time: momentOf(at),
    hash: hash ?? `0x${(index + 1).toString(16).padStart(64, '0')}`,
    delta,
  }));
}
