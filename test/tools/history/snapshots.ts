import { flowBook } from '../../../parsers/flow-book.js';
import type { FlowRecord } from '../../../parsers/flows.js';
import { snapshotPath } from '../../../parsers/paths.js';
import {
  formatSnapshot,
  type PnlWindow,
  type SnapshotPosition,
  type SnapshotRecord,
} from '../../../parsers/snapshot.js';
import { pickBaseline, type SnapshotValue, windowPnl } from '../../../src/ledger/snapshot/pnl.js';
import { type AccountMoment, FLOWS_PART } from '../../../src/ledger/snapshot/read-moment.js';
import { snapshotMetadata } from '../../../src/ledger/snapshot/snapshot-metadata.js';
import { ACCOUNT } from './account.js';
import { type Amount, amountText, decimalText, divide, product } from './amount.js';
import { type Flow, flowRecords } from './flows.js';
import { DAY, HOUR, type Instant, SECOND, timeText } from './instant.js';
import type { Market } from './market.js';
import type { Random } from './random.js';
import type { Trade } from './trades.js';

/** A moment at which the account was looked at. */
interface Taken {
  readonly instant: Instant;
  readonly equity: Amount;
  /** Its flows could be read. */
  readonly complete: boolean;
}

/** A snapshot of the story. */
export interface Shot extends Taken {
  readonly path: string;
  readonly record: SnapshotRecord;
}

const FAILURE = 'Hyperliquid userNonFundingLedgerUpdates: status 429 (too many requests), tried 5 times';
const FLOWS_FAULT = `the flows could not be read: ${FAILURE}`;

/** Snapshots of the account as trades, flows and prices have it: daily, then every six hours, then hourly. */
export function makeSnapshots(
  random: Random,
  markets: readonly Market[],
  trades: readonly Trade[],
  flows: readonly Flow[],
  start: Instant,
  end: Instant,
): readonly Shot[] {
  const shots: Shot[] = [];
  // Sums are of what moved, whenever it was recorded.
  const records = flowRecords(flows, timeText(end));
  for (const slot of slots(start, end)) {
    const instant = slot + random.int(1, 3) * SECOND + random.int(0, 999) * 1000;
    const open = trades.filter(
      ({ openedAt, closedAt }) => openedAt <= instant && (closedAt ?? end) > instant,
    );
    const account = accountAt(markets, trades, open, flows, instant);
    // Once the exchange did not answer for the flows.
    const taken: Taken = { instant, equity: account.equity, complete: shots.length !== 77 };
    const record = recordOf(taken, account, shots, records);
    shots.push({ ...taken, path: snapshotPath(record.snapshotAt), record });
  }
  return shots;
}

export function snapshotFiles(shots: readonly Shot[]): ReadonlyMap<string, string> {
  return new Map(shots.map(({ path, record }) => [path, formatSnapshot(record)]));
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
  { instant, equity, complete }: Taken,
  account: Account,
  before: readonly Shot[],
  flows: readonly FlowRecord[],
): SnapshotRecord {
  const parts = complete ? [] : [FLOWS_PART];
  const current: SnapshotValue = {
    ...ACCOUNT,
    snapshotAt: timeText(instant),
    quality: { status: complete ? 'complete' : 'partial', failed: parts },
    totalValueUsd: amountText(equity),
  };
  const windows = mapWindows((window) =>
    windowPnl(window, current, pickBaseline(window, current, before), flows, complete ? null : FLOWS_FAULT),
  );
  const told = before.findLast((shot) => shot.complete);
  const external = flowBook(flows, current).between(told?.record.snapshotAt ?? null, current.snapshotAt);
  const record = {
    ...current,
    snapshotType: 'scheduled' as const,
    recordedAt: timeText(instant + 740_000),
    availableBalanceUsd: amountText(equity - account.margin),
    marginUsedUsd: amountText(account.margin),
    unrealizedPnlUsd: amountText(account.unrealized),
    positions: account.positions,
    externalFlows: {
      netUsd: complete ? external.netUsd : null,
      count: complete ? external.flows.length : 0,
      since: told?.record.snapshotAt ?? null,
    },
    pnl: mapWindows((window) => windows[window].pnl),
  };
  return { ...record, metadata: snapshotMetadata(momentOf(record), windows, []) };
}

/** What the job read: perps only, and an exchange whose own history says the same. */
function momentOf(record: Omit<SnapshotRecord, 'metadata'>): AccountMoment {
  const { source, account, snapshotAt, totalValueUsd, quality } = record;
  return {
    source,
    account: {
      ...record,
      address: account,
      at: snapshotAt,
      mode: 'default',
      parts: {
        perps: [{ dex: '', accountValueUsd: totalValueUsd ?? '0' }],
        spotUsd: '0',
        vaultsUsd: '0',
        stakingUsd: '0',
      },
      unpriced: [],
      priced: [],
      failed: [],
    },
    failures: quality.failed.map((part) => ({ part, message: FAILURE })),
    flows: quality.status === 'complete' ? [] : null,
    flowsFrom: null,
    portfolio: { read: [] },
    unsettled: false,
    warnings: [],
  };
}

function mapWindows<T>(make: (window: PnlWindow) => T): Readonly<Record<PnlWindow, T>> {
  return { '24h': make('24h'), '7d': make('7d'), '30d': make('30d'), all: make('all') };
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
