import { addDecimals, trimDecimal } from '../../../parsers/decimal-arithmetic.js';
import type { Period } from '../../../parsers/period.js';
import type { Schema } from '../../db/schema.js';
import { type Kysely, sql } from '../../db/sql.js';
import type { EvidenceArtifacts } from './evidence.js';
import { canonicalTime } from './in-one-moment.js';
import { ENDED, endedIn, ledgersOf, ofAsset } from './trade-evidence.js';
import { asciiLowerCase } from './trade-filter.js';

/** Ended trades by how they ended; a win has a realized P&L above 0, before fees. */
export interface OutcomeCounts {
  readonly trades: number;
  readonly winning: number;
  readonly losing: number;
  readonly breakeven: number;
  /** Sum of realized - fees, exact decimal text. */
  readonly netUsd: string;
  /** Ended trades whose P&L is not known; in none of the other numbers. */
  readonly unknownPnl: number;
}

export interface WinRateCounts {
  /** Only what was asked for. */
  readonly total: OutcomeCounts;
  /** By the asset's name as recorded, most trades first; those without a trade that counts are left out. */
  readonly assets: readonly (OutcomeCounts & { readonly asset: string })[];
  /** Ended trades without a closing time, which lie in no period; counted in all time alone. */
  readonly undated: number;
  /** When the newest revision of any trade was recorded. */
  readonly asOf: string | null;
  readonly ledgers: EvidenceArtifacts;
  /** What the metrics file of the period states of it; null = there is none. */
  readonly stated: StatedCounts | null;
}

/** Counts that a metrics file states. */
export interface StatedCounts {
  readonly path: string;
  readonly definitionsVersion: string;
  readonly trades: number;
  readonly winning: number;
  readonly losing: number;
  /** Null = the file is of a version that does not say. */
  readonly unknownPnl: number | null;
}

const NOTHING: OutcomeCounts = { trades: 0, winning: 0, losing: 0, breakeven: 0, netUsd: '0', unknownPnl: 0 };

/** @param asset - in lower case; null = all. */
export async function winRateCounts(
  db: Kysely<Schema>,
  period: Period,
  asset: string | null,
): Promise<WinRateCounts> {
  const fits = endedIn(period, asset);
  const { rows } = await sql<Record<Column, string> & { asset: string; as_of: string | null }>`
    select asset, trades, winning, losing, net, unknown_pnl, undated, ${canonicalTime('newest')} as as_of
    from (
      select t.asset, max(t.updated_at) as newest,
        count(t.realized_pnl_usd) filter (where ${fits}) as trades,
        count(*) filter (where ${fits} and t.realized_pnl_usd > 0) as winning,
        count(*) filter (where ${fits} and t.realized_pnl_usd < 0) as losing,
        coalesce(sum(t.net_pnl_usd) filter (where ${fits}), 0) as net,
        count(*) filter (where ${fits} and t.realized_pnl_usd is null) as unknown_pnl,
        count(*) filter (where ${ENDED} and t.closed_at is null ${ofAsset(asset)}) as undated
      from maven_trades t group by t.asset
    ) counted
    order by counted.trades desc, counted.asset collate "C"`.execute(db);
  const assets = rows.map((row) => ({ asset: row.asset, ...countsOf(row) }));
  const newest = rows.flatMap(({ as_of }) => as_of ?? []).sort();
  return {
    total: assets.reduce(added, NOTHING),
    assets: assets.filter(({ trades, unknownPnl }) => trades + unknownPnl > 0),
    undated: period.end === null ? rows.reduce((sum, row) => sum + Number(row.undated), 0) : 0,
    asOf: newest.at(-1) ?? null,
    ledgers: await ledgersOf(db, period, asset),
    stated: await statedCounts(db, period, asset),
  };
}

type Column = 'trades' | 'winning' | 'losing' | 'net' | 'unknown_pnl' | 'undated';

function countsOf(row: Readonly<Record<Column, string>>): OutcomeCounts {
  const [trades, winning, losing] = [Number(row.trades), Number(row.winning), Number(row.losing)];
  return {
    trades,
    winning,
    losing,
    breakeven: trades - winning - losing,
    netUsd: trimDecimal(row.net),
    unknownPnl: Number(row.unknown_pnl),
  };
}

function added(left: OutcomeCounts, right: OutcomeCounts): OutcomeCounts {
  return {
    trades: left.trades + right.trades,
    winning: left.winning + right.winning,
    losing: left.losing + right.losing,
    breakeven: left.breakeven + right.breakeven,
    netUsd: trimDecimal(addDecimals(left.netUsd, right.netUsd)),
    unknownPnl: left.unknownPnl + right.unknownPnl,
  };
}

async function statedCounts(
  db: Kysely<Schema>,
  period: Period,
  asset: string | null,
): Promise<StatedCounts | null> {
  const row = await db
    .selectFrom('maven_performance_metrics')
    .select(['git_path', 'definitions_version', 'total_trades', 'winning_trades', 'losing_trades'])
    .select(['unknown_pnl_trades', 'asset_performance'])
    .where('period', '=', period.period)
    .where('period_label', '=', period.label)
    .executeTakeFirst();
  if (row === undefined) return null;
  const file = { path: row.git_path, definitionsVersion: row.definitions_version };
  if (asset === null)
    return {
      ...file,
      trades: Number(row.total_trades ?? 0),
      winning: Number(row.winning_trades ?? 0),
      losing: Number(row.losing_trades ?? 0),
      unknownPnl: row.unknown_pnl_trades === null ? null : Number(row.unknown_pnl_trades),
    };
  const groups = JSON.parse(row.asset_performance) as Readonly<Record<string, StatedGroup>>;
  const fits = Object.entries(groups).filter(([name]) => asciiLowerCase(name) === asset);
  const sum = (field: keyof StatedGroup): number =>
    fits.reduce((total, [, group]) => total + Number(group[field] ?? 0), 0);
  // A file's groups hold no trade of unknown P&L.
  return { ...file, trades: sum('trades'), winning: sum('winning'), losing: sum('losing'), unknownPnl: null };
}

interface StatedGroup {
  readonly trades?: string;
  readonly winning?: string;
  readonly losing?: string;
}
