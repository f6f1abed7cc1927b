import { snapshotPath } from '../../../parsers/paths.js';
import {
  formatSnapshot,
  type PnlWindow,
  type SnapshotPnl,
  type SnapshotPosition,
  type SnapshotRecord,
} from '../../../parsers/snapshot.js';
import { type Amount, amountText, decimalText, divide, product } from './amount.js';
import type { Flow } from './flows.js';
import { DAY, HOUR, type Instant, MINUTE, SECOND, timeText } from './instant.js';
import type { Market } from './market.js';
import type { Random } from './random.js';
import type { Trade } from './trades.js';

interface Shot {
  readonly instant: Instant;
  readonly path: string;
  readonly equity: Amount;
  readonly complete: boolean;
}

/** Length and tolerance of each window; `all` counts from the first snapshot. */
const WINDOWS: Readonly<Record<Exclude<PnlWindow, 'all'>, readonly [number, number]>> = {
  '24h': [DAY, 90 * MINUTE],
  '7d': [7 * DAY, 6 * HOUR],
  '30d': [30 * DAY, DAY],
};

/** Snapshots of the account as trades, flows and prices have it: daily, then every six hours, then hourly. */
export function snapshotFiles(
  random: Random,
  markets: readonly Market[],
  trades: readonly Trade[],
  flows: readonly Flow[],
  start: Instant,
  end: Instant,
): ReadonlyMap<string, string> {
  const shots: Shot[] = [];
  const files = new Map<string, string>();
  for (const slot of slots(start, end)) {
    const instant = slot + random.int(1, 3) * SECOND + random.int(0, 999) * 1000;
    const open = trades.filter(
      ({ openedAt, closedAt }) => openedAt <= instant && (closedAt ?? end) > instant,
    );
    const account = accountAt(markets, trades, open, flows, instant);
    const shot: Shot = {
      instant,
      path: snapshotPath(timeText(instant)),
      equity: account.equity,
      // Once the exchange did not answer for the flows.
      complete: shots.length !== 77,
    };
    files.set(shot.path, formatSnapshot(recordOf(shot, account, shots, flows)));
    shots.push(shot);
  }
  return files;
}

function slots(start: Instant, end: Instant): readonly Instant[] {
  const hourly = end - 4 * DAY;
  const sparse = hourly - 20 * DAY;
  const found: Instant[] = [];
  for (let slot = start + DAY; slot < sparse; slot += DAY) found.push(slot);
  for (let slot = sparse; slot < hourly; slot += 6 * HOUR) found.push(slot);
  for (let slot = hourly; slot <= end - HOUR; slot += HOUR) found.push(slot);
  return found;
}

interface Account {
  readonly equity: Amount;
  readonly unrealized: Amount;
  readonly margin: Amount;
  readonly positions: readonly SnapshotPosition[];
}

function accountAt(
  markets: readonly Market[],
  trades: readonly Trade[],
  open: readonly Trade[],
  flows: readonly Flow[],
  instant: Instant,
): Account {
  const deposited = sum(flows.filter((flow) => flow.instant <= instant).map(({ amount }) => amount));
  const ended = trades.filter(({ closedAt }) => closedAt !== null && closedAt <= instant);
  const net = sum(ended.map(({ realized, fees }) => realized - fees));
  const positions = markets.flatMap((market) =>
    ([1n, -1n] as const).flatMap((direction) => {
      const held = open.filter((trade) => trade.market === market && trade.direction === direction);
      return held.length === 0 ? [] : [positionOf(market, direction, held, instant)];
    }),
  );
  const unrealized = sum(positions.map((position) => position.unrealized));
  const margin = sum(positions.map((position) => position.margin));
  return {
    equity: deposited + net + unrealized,
    unrealized,
    margin,
    positions: positions.map(({ record }) => record),
  };
}

function positionOf(
  market: Market,
  direction: 1n | -1n,
  held: readonly Trade[],
  instant: Instant,
): { readonly unrealized: Amount; readonly margin: Amount; readonly record: SnapshotPosition } {
  const { priceScale, sizeScale } = market;
  const price = market.priceAt(instant);
  const size = sum(held.map((trade) => trade.size));
  const worth = (trade: Trade, at: bigint): Amount => product(at, priceScale, trade.size, sizeScale);
  const value = sum(held.map((trade) => worth(trade, price)));
  const unrealized = sum(held.map((trade) => worth(trade, (price - trade.entry) * direction)));
  const leverage = held[0]?.leverage ?? 1;
  const margin = divide(value, BigInt(leverage));
  const entry = divide(sum(held.map((trade) => trade.entry * trade.size)), size);
  return {
    unrealized,
    margin,
    record: {
      asset: market.asset,
      side: direction === 1n ? 'long' : 'short',
      sizeAsset: decimalText(size, sizeScale),
      entryPrice: decimalText(entry, priceScale),
      positionValueUsd: amountText(value),
      unrealizedPnlUsd: amountText(unrealized),
      leverage: String(leverage),
      liquidationPrice: null,
      marginUsedUsd: amountText(margin),
    },
  };
}

function recordOf(
  shot: Shot,
  account: Account,
  before: readonly Shot[],
  flows: readonly Flow[],
): SnapshotRecord {
  const previous = before.at(-1);
  const recent = flows.filter(({ instant }) => instant > (previous?.instant ?? 0) && instant <= shot.instant);
  return {
    source: 'hyperliquid',
    account: '0x00000000000000000000000000000000c0ffee01',
    snapshotType: 'scheduled',
    snapshotAt: timeText(shot.instant),
    recordedAt: timeText(shot.instant + 740_000),
    quality: shot.complete
      ? { status: 'complete', failed: [] }
      : { status: 'partial', failed: ['user_non_funding_ledger_updates'] },
    totalValueUsd: amountText(shot.equity),
    availableBalanceUsd: amountText(shot.equity - account.margin),
    marginUsedUsd: amountText(account.margin),
    unrealizedPnlUsd: amountText(account.unrealized),
    positions: account.positions,
    externalFlows: {
      netUsd: shot.complete ? amountText(sum(recent.map(({ amount }) => amount))) : null,
      count: shot.complete ? recent.length : 0,
      since: previous === undefined ? null : timeText(previous.instant),
    },
    pnl: {
      '24h': pnlSince(shot, baselineOf(shot, before, '24h'), flows),
      '7d': pnlSince(shot, baselineOf(shot, before, '7d'), flows),
      '30d': pnlSince(shot, baselineOf(shot, before, '30d'), flows),
      all: pnlSince(shot, before[0], flows),
    },
    metadata: null,
  };
}

/** The nearest complete snapshot at or before the start of the window, within its tolerance. */
function baselineOf(shot: Shot, before: readonly Shot[], window: keyof typeof WINDOWS): Shot | undefined {
  const [length, tolerance] = WINDOWS[window];
  const wanted = shot.instant - length;
  const found = before.findLast(({ instant, complete }) => complete && instant <= wanted);
  return found !== undefined && wanted - found.instant <= tolerance ? found : undefined;
}

/** A deposit is not a profit: what flowed in since the baseline is taken off. */
function pnlSince(shot: Shot, baseline: Shot | undefined, flows: readonly Flow[]): SnapshotPnl {
  if (!shot.complete)
    return { valueUsd: null, baseline: null, windowSeconds: null, reason: 'flows are not known' };
  if (baseline === undefined) {
    return {
      valueUsd: null,
      baseline: null,
      windowSeconds: null,
      reason: 'no snapshot near the start of the window',
    };
  }
  const between = flows.filter(({ instant }) => instant > baseline.instant && instant <= shot.instant);
  return {
    valueUsd: amountText(shot.equity - baseline.equity - sum(between.map(({ amount }) => amount))),
    baseline: baseline.path,
    windowSeconds: Math.round((shot.instant - baseline.instant) / SECOND),
    reason: null,
  };
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
