import { divideDecimals, multiplyDecimals, signOfDecimal } from '../../../parsers/decimal-arithmetic.js';
import { durationText } from './duration-text.js';
import type { PortfolioQuery } from './portfolio-query.js';
import type { SnapshotRow } from './snapshot-store.js';

/** What keeps an answer from being what it seems; the codes are stable. */
export interface PortfolioWarning {
  /**
   * `STALE`: older than twice the interval. `FUTURE`: taken later than now. `PARTIAL`: the newest snapshot does not know
   * everything. `BASELINE_MISSING`: the snapshot that a P&L was counted from is not at this revision.
   * `PNL_STALE`: the snapshot states another P&L than follows now, since a flow came late or was corrected.
   * `PNL_NOT_DERIVED`: it does for another cause: nobody knows how a flow counts, or the snapshot was edited.
   * `FLOWS_UNREADABLE`: a P&L cannot be counted again, so there is none.
   */
  readonly code:
    | 'STALE'
    | 'FUTURE'
    | 'PARTIAL'
    | 'BASELINE_MISSING'
    | 'PNL_STALE'
    | 'PNL_NOT_DERIVED'
    | 'FLOWS_UNREADABLE';
  readonly message: string;
}

/** Which artifact a number is from, and how good it is. */
export interface SnapshotEvidence {
  /** Path of the snapshot. */
  readonly artifact: string;
  readonly snapshot_type: string;
  /** The exchange's clock, canonical. */
  readonly as_of: string;
  /** Whole seconds from `as_of` to the time asked, never below 0. */
  readonly age_seconds: number;
  /** The same in words: `3 h 2 min`. */
  readonly age: string;
  readonly quality: string;
  /** The parts that the exchange did not answer for. */
  readonly quality_failed: readonly string[];
  /** Equity, exact decimal text; it contains unrealized P&L. Null = not known. */
  readonly total_value_usd: string | null;
}

/** An open position as the exchange reported it; exact decimal text, null = not known. */
export interface PositionAnswer {
  readonly asset: string;
  readonly side: string;
  readonly size_asset: string | null;
  readonly entry_price: string | null;
  readonly position_value_usd: string | null;
  readonly unrealized_pnl_usd: string | null;
  readonly leverage: string | null;
  readonly liquidation_price: string | null;
  readonly margin_used_usd: string | null;
}

/** What the account held. */
export interface SnapshotHoldings extends SnapshotEvidence {
  readonly available_balance_usd: string | null;
  readonly margin_used_usd: string | null;
  /** margin used / total value x 100, 4 places; null when one is not known or the value is not above 0. */
  readonly margin_utilization_pct: string | null;
  readonly unrealized_pnl_usd: string | null;
  readonly position_count: number;
  /** In the order of the artifact. */
  readonly positions: readonly PositionAnswer[];
}

const FUTURE_TOLERANCE_MS = 300_000;

/** @returns canonical time to which ages are counted: the time asked, but never later than now. */
export function askedAt({ at, now }: Pick<PortfolioQuery, 'at' | 'now'>): string {
  const present = `${now.toISOString().slice(0, 23)}000+00:00`;
  return at !== null && at < present ? at : present;
}

export function snapshotEvidence(row: SnapshotRow, asked: string): SnapshotEvidence {
  const seconds = ageSeconds(row.snapshot_at, asked);
  return {
    artifact: row.git_path,
    snapshot_type: row.snapshot_type,
    as_of: row.snapshot_at,
    age_seconds: seconds,
    age: durationText(seconds),
    quality: row.quality,
    quality_failed: JSON.parse(row.quality_failed) as readonly string[],
    total_value_usd: row.total_value_usd,
  };
}

export function snapshotHoldings(row: SnapshotRow, asked: string): SnapshotHoldings {
  const positions = JSON.parse(row.open_positions) as readonly PositionAnswer[];
  return {
    ...snapshotEvidence(row, asked),
    available_balance_usd: row.available_balance_usd,
    margin_used_usd: row.margin_used_usd,
    margin_utilization_pct: utilizationPct(row.margin_used_usd, row.total_value_usd),
    unrealized_pnl_usd: row.unrealized_pnl_usd,
    position_count: Number(row.position_count),
    positions: positions.map(inOrder),
  };
}

/** Tells what is wrong with the age and the quality of the newest snapshot. */
export function freshnessWarnings(
  newest: SnapshotEvidence,
  complete: SnapshotEvidence | null,
  asked: string,
  { intervalSeconds }: Pick<PortfolioQuery, 'intervalSeconds'>,
): readonly PortfolioWarning[] {
  const warnings: PortfolioWarning[] = [];
  if (newest.age_seconds > 2 * intervalSeconds)
    warnings.push({
      code: 'STALE',
      message: `the newest snapshot is ${newest.age} old; one is due every ${durationText(intervalSeconds)}`,
    });
  const ahead = Date.parse(newest.as_of) - Date.parse(asked);
  if (ahead > FUTURE_TOLERANCE_MS)
    warnings.push({
      code: 'FUTURE',
      message: `the newest snapshot is of a time still to come, in ${durationText(Math.floor(ahead / 1000))}: one clock is wrong`,
    });
  if (newest.quality === 'complete') return warnings;
  const failed = newest.quality_failed.length === 0 ? '' : `, without ${newest.quality_failed.join(', ')}`;
  const beside =
    complete === null ? 'no complete one is recorded' : `the newest complete one is of ${complete.as_of}`;
  warnings.push({ code: 'PARTIAL', message: `the newest snapshot is ${newest.quality}${failed}; ${beside}` });
  return warnings;
}

function ageSeconds(time: string, asked: string): number {
  return Math.max(0, Math.floor((Date.parse(asked) - Date.parse(time)) / 1000));
}

function utilizationPct(margin: string | null, total: string | null): string | null {
  if (margin === null || total === null || signOfDecimal(total) !== 1) return null;
  return divideDecimals(multiplyDecimals(margin, '100'), total, 4);
}

/** jsonb keeps keys in an order of its own. */
function inOrder(position: PositionAnswer): PositionAnswer {
  return {
    asset: position.asset,
    side: position.side,
    size_asset: position.size_asset,
    entry_price: position.entry_price,
    position_value_usd: position.position_value_usd,
    unrealized_pnl_usd: position.unrealized_pnl_usd,
    leverage: position.leverage,
    liquidation_price: position.liquidation_price,
    margin_used_usd: position.margin_used_usd,
  };
}
