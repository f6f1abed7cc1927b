import { multiplyDecimals, subtractDecimals, sumDecimals } from '../../../../parsers/decimal-arithmetic.js';
import { readJson } from '../../../../parsers/json-node.js';
import { exactValue } from '../exact-value.js';
import { flowsOfUpdates } from '../flows-of-updates.js';
import { ledgerUpdates } from '../ledger-schema.js';
import { momentOfTime } from '../moments.js';
import { momentOf, type StandInScript, type StandInState, stateAt, updatesOf } from './script.js';

const DAY_MS = 86_400_000;
const PERIODS: readonly (readonly [string, number])[] = [
  ['day', DAY_MS],
  ['week', 7 * DAY_MS],
  ['month', 30 * DAY_MS],
  ['allTime', Number.POSITIVE_INFINITY],
];
const MAX_SAMPLES = 16;

/** Sampled history by period: the whole account, then perps alone. */
export function portfolioAnswer(script: StandInScript, now: number): unknown {
  const whole = PERIODS.map(([name, length]) => [name, historyOf(script, now, length, equityOf)]);
  const perps = PERIODS.map(([name, length]) => [
    `perp${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    historyOf(script, now, length, perpsOf),
  ]);
  return [...whole, ...perps];
}

type Equity = (state: StandInState) => string;

/** What the whole account is worth, by the exchange's own count: pooled accounts hold their perps inside spot. */
export function equityOf(state: StandInState): string {
  const pooled = state.mode === 'unifiedAccount' || state.mode === 'portfolioMargin';
  const spot = state.spot.map(({ total, mid }) => (mid === undefined ? total : multiplyDecimals(total, mid)));
  const vaults = state.vaults.map(({ equity }) => equity);
  const { delegated, undelegated = '0', pending = '0' } = state.staking;
  const hype = state.spot.find(({ coin }) => coin === 'HYPE')?.mid ?? '0';
  const staked = multiplyDecimals(sumDecimals([delegated, undelegated, pending]), hype);
  return sumDecimals([...spot, ...vaults, staked, ...(pooled ? [] : [perpsOf(state)])]);
}

function perpsOf(state: StandInState): string {
  return sumDecimals([state.perp, ...Object.values(state.dexs)].map(({ accountValue }) => accountValue));
}

function historyOf(script: StandInScript, now: number, length: number, equity: Equity): unknown {
  const times = sampled(
    script.moments.map(({ at }) => momentOf(at)).filter((at) => at <= now && at >= now - length),
  );
  const flows = externalFlows(script);
  const values = times.map((time) => ({ time, value: equity(stateAt(script, time)) }));
  const first = values[0];
  const pnl = values.map(({ time, value }) => {
    const since = flows.filter((flow) => flow.time > (first?.time ?? 0) && flow.time <= time);
    return [
      time,
      subtractDecimals(
        subtractDecimals(value, first?.value ?? '0'),
        sumDecimals(since.map(({ usd }) => usd)),
      ),
    ];
  });
  return { accountValueHistory: values.map(({ time, value }) => [time, value]), pnlHistory: pnl, vlm: '0.0' };
}

function externalFlows(script: StandInScript): readonly { readonly time: number; readonly usd: string }[] {
  const node = readJson(JSON.stringify(updatesOf(script)));
  if (node.kind === 'fault') return [];
  const read = ledgerUpdates.safeParse(exactValue(node));
  if (!read.success) return [];
  return flowsOfUpdates(read.data, script.address.toLowerCase(), '').flows.flatMap((flow) =>
    flow.classification === 'external' && flow.amountUsd !== null
      ? [{ time: momentOfTime(flow.occurredAt), usd: flow.amountUsd }]
      : [],
  );
}

/** At most so many, evenly spread, the last always among them. */
function sampled(times: readonly number[]): readonly number[] {
  const step = Math.ceil(times.length / MAX_SAMPLES);
  return times.filter((_, index) => (times.length - 1 - index) % Math.max(1, step) === 0);
}
