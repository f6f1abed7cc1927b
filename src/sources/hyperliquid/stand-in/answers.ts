import {
  absoluteDecimal,
  compareDecimals,
  divideDecimals,
  multiplyDecimals,
  negateDecimal,
  signOfDecimal,
  subtractDecimals,
  sumDecimals,
} from '../../../../parsers/decimal-arithmetic.js';
import { portfolioAnswer } from './portfolio-answer.js';
import {
  dexsOf,
  EMPTY_STATE,
  type StandInPerp,
  type StandInPosition,
  type StandInScript,
  type StandInState,
  stateAt,
  tokensOf,
  updatesOf,
} from './script.js';

/** A request as it came; what is in it is checked where it is used. */
export interface StandInRequest {
  readonly type: string;
  readonly user?: string;
  readonly dex?: string;
  readonly startTime?: number;
  readonly endTime?: number;
}

/** What the exchange would say: a value for JSON, or undefined = it does not know such a request. */
export function answerTo(
  script: StandInScript,
  request: StandInRequest,
  now: number,
  ledgerPageSize: number,
): unknown {
  const own = request.user?.toLowerCase() === script.address.toLowerCase();
  const state = own ? stateAt(script, now) : EMPTY_STATE;
  switch (request.type) {
    case 'clearinghouseState':
      return perpAnswer(script, state, request.dex ?? '', now);
    case 'spotClearinghouseState':
      return spotAnswer(script, state);
    case 'userAbstraction':
      return state.mode;
    case 'userVaultEquities':
      return state.vaults.map(({ vault, equity }) => ({
        vaultAddress: vault,
        equity,
        lockedUntilTimestamp: now,
      }));
    case 'delegatorSummary':
      return stakingAnswer(state);
    case 'userRole':
      return roleAnswer(script, own, request.user ?? '');
    case 'userNonFundingLedgerUpdates':
      return own ? ledgerAnswer(script, request, now, ledgerPageSize) : [];
    case 'portfolio':
      return portfolioAnswer(own ? script : { ...script, moments: [], flows: [] }, now);
    case 'perpDexs':
      return [null, ...dexsOf(script).map(dexAnswer)];
    case 'spotMeta':
      return spotMetaAnswer(script);
    case 'allMids':
      return midsAnswer(script, stateAt(script, now));
    default:
      return undefined;
  }
}

function perpAnswer(script: StandInScript, state: StandInState, dex: string, now: number): unknown {
  if (dex !== '' && !dexsOf(script).includes(dex)) return undefined;
  const perp: StandInPerp = (dex === '' ? state.perp : state.dexs[dex]) ?? { accountValue: '0.0' };
  const positions = (perp.positions ?? []).map(positionAnswer);
  const marginUsed =
    perp.marginUsed ?? sumDecimals(['0.0', ...positions.map((position) => position.marginUsed)]);
  const free = subtractDecimals(perp.accountValue, marginUsed);
  const summary = {
    accountValue: perp.accountValue,
    totalNtlPos: sumDecimals(['0.0', ...positions.map((position) => position.positionValue)]),
    totalRawUsd: perp.accountValue,
    totalMarginUsed: marginUsed,
  };
  return {
    marginSummary: summary,
    crossMarginSummary: summary,
    crossMaintenanceMarginUsed: '0.0',
    withdrawable: perp.withdrawable ?? (compareDecimals(free, '0') < 0 ? '0.0' : free),
    assetPositions: positions.map((position) => ({ type: 'oneWay', position })),
    time: now,
  };
}

function positionAnswer(position: StandInPosition) {
  const { coin, size, entryPrice, markPrice, leverage } = position;
  const positionValue = multiplyDecimals(absoluteDecimal(size), markPrice);
  const marginUsed = divideDecimals(positionValue, String(leverage), 6);
  return {
    coin,
    szi: size,
    leverage:
      position.isolated === true
        ? { type: 'isolated', value: leverage, rawUsd: negateDecimal(positionValue) }
        : { type: 'cross', value: leverage },
    entryPx: entryPrice,
    positionValue,
    unrealizedPnl: multiplyDecimals(size, subtractDecimals(markPrice, entryPrice)),
    returnOnEquity: '0.0',
    liquidationPx: position.liquidationPrice ?? null,
    marginUsed,
    maxLeverage: 50,
    cumFunding: { allTime: '0.0', sinceOpen: '0.0', sinceChange: '0.0' },
  };
}

/** As the exchange does, a token without a balance is not listed. */
function spotAnswer(script: StandInScript, state: StandInState): unknown {
  const tokens = tokensOf(script);
  const held = state.spot.filter(({ total }) => signOfDecimal(total) !== 0);
  return {
    balances: held.map(({ coin, total, hold }) => ({
      coin,
      token: tokens.find((token) => token.coin === coin)?.token ?? 0,
      total,
      hold: hold ?? '0.0',
      entryNtl: '0.0',
    })),
  };
}

function stakingAnswer({ staking }: StandInState): unknown {
  return {
    delegated: staking.delegated,
    undelegated: staking.undelegated ?? '0.0',
    totalPendingWithdrawal: staking.pending ?? '0.0',
    nPendingWithdrawals: staking.pending === undefined ? 0 : 1,
  };
}

function roleAnswer(script: StandInScript, own: boolean, user: string): unknown {
  if (own) return { role: 'user' };
  const agents = (script.agents ?? []).map((agent) => agent.toLowerCase());
  return agents.includes(user.toLowerCase())
    ? { role: 'agent', data: { user: script.address } }
    : { role: 'missing' };
}

function ledgerAnswer(
  script: StandInScript,
  { startTime = 0, endTime }: StandInRequest,
  now: number,
  pageSize: number,
): unknown {
  const last = Math.min(endTime ?? now, now);
  return updatesOf(script)
    .filter(({ time }) => time >= startTime && time <= last)
    .slice(0, pageSize);
}

function dexAnswer(name: string): unknown {
  return {
    name,
    fullName: name,
    deployer: `0x${'d'.repeat(40)}`,
    oracleUpdater: null,
    feeRecipient: null,
    assetToStreamingOiCap: [],
    subDeployers: [],
    deployerFeeScale: '1.0',
    lastDeployerFeeScaleChangeTime: '1970-01-01T00:00:00',
    assetToFundingMultiplier: [],
    assetToFundingInterestRate: [],
  };
}

function spotMetaAnswer(script: StandInScript): unknown {
  const tokens = tokensOf(script);
  const priced = tokens.filter(({ token }) => token !== 0);
  return {
    universe: priced.map(({ token, pair }) => ({
      tokens: [token, 0],
      name: pair,
      index: Number(pair.slice(1)),
      isCanonical: false,
    })),
    tokens: tokens.map(({ coin, token }) => ({
      name: coin,
      szDecimals: 2,
      weiDecimals: 8,
      index: token,
      tokenId: `0x${token.toString(16).padStart(32, '0')}`,
      isCanonical: token === 0,
      evmContract: null,
      fullName: null,
      deployerTradingFeeShare: '0.0',
    })),
    outcomes: [],
    questions: [],
  };
}

function midsAnswer(script: StandInScript, state: StandInState): unknown {
  const marks = [state.perp, ...Object.values(state.dexs)].flatMap(({ positions }) => positions ?? []);
  const spot = tokensOf(script).flatMap(({ coin, pair }) => {
    const mid = state.spot.find((balance) => balance.coin === coin)?.mid;
    return mid === undefined ? [] : [[pair, mid]];
  });
  return Object.fromEntries([...marks.map(({ coin, markPrice }) => [coin, markPrice]), ...spot]);
}
