import { signOfDecimal } from '../../../parsers/decimal-arithmetic.js';
import type { AnswerSource, QuestionDependencies } from './ask-projection.js';
import { type AskedAccount, askedAccount, askSnapshots, nothing } from './ask-snapshots.js';
import { type AskedRevision, AT_HEAD } from './asked-moment.js';
import { chooseAccount } from './choose-account.js';
import { type EquityPoint, equityPoints, thinOut } from './equity-points.js';
import type { EquityQuery } from './portfolio-query.js';
import type { AccountSummary, EquityRow, SnapshotStore } from './snapshot-store.js';

/** What flowed in or out between two snapshots. */
export interface EquityFlow {
  /** Of the snapshot that recorded it; the flow was at some time since the snapshot before. */
  readonly at: string;
  /** Net; positive = into the account. Exact decimal text. */
  readonly amount_usd: string;
  readonly artifact: string;
}

/** Equity over time as snapshots state it. */
export interface EquitySeries extends AnswerSource, AskedAccount {
  readonly unit: 'USD';
  /** The stretch: from the time asked or the first snapshot, to the newest at the time asked; null = there is none. */
  readonly from: string | null;
  readonly to: string | null;
  readonly interval_seconds: number;
  /** Snapshots in the stretch. */
  readonly snapshots: number;
  /** How many of them state no equity, hence are no points; how many do not know their flows. */
  readonly unknown_equity: number;
  readonly unknown_flows: number;
  /** How many times at least one snapshot is missing. */
  readonly gaps: number;
  /** How many points are returned; fewer than there are when they would be too many to see. */
  readonly returned: number;
  readonly thinned_out: boolean;
  /** Oldest first. */
  readonly points: readonly EquityPoint[];
  /** Flows other than 0, oldest first. */
  readonly flows: readonly EquityFlow[];
}

const NOTHING_THERE = {
  reason: 'no snapshot in this stretch states the equity',
  hint: 'ask for a longer stretch',
};

type Series = Omit<EquitySeries, keyof AnswerSource>;

/**
 * Tells equity over time, with gaps and external flows.
 *
 * @throws {@link MavenError} ARTIFACTS_NOT_FOUND; INPUT_INVALID, RECORD_NOT_FOUND for the account.
 */
export async function equitySeries(
  dependencies: QuestionDependencies,
  query: EquityQuery,
  asked: AskedRevision = AT_HEAD,
): Promise<EquitySeries> {
  const { answer, ...from } = await askSnapshots(dependencies, asked, (store) => seriesFrom(store, query));
  return { ...from, ...answer };
}

async function seriesFrom(store: SnapshotStore, query: EquityQuery): Promise<Series> {
  const key = chooseAccount(await store.accounts(), query.account);
  const newest = key === null ? null : await store.newest(key, query.at, false);
  if (key === null || newest === null) return { ...emptySeries(key, query), ...nothing(key, query) };
  const from =
    query.windowSeconds === null ? query.from : secondsBefore(newest.snapshot_at, query.windowSeconds);
  const rows = await store.equity(key, from, query.at);
  const points = equityPoints(rows, query.intervalSeconds);
  const returned = thinOut(points, query.maxPoints);
  return {
    ...emptySeries(key, query),
    ...(points.length === 0 ? NOTHING_THERE : {}),
    from: from ?? rows[0]?.snapshot_at ?? null,
    to: newest.snapshot_at,
    snapshots: rows.length,
    unknown_equity: rows.length - points.length,
    unknown_flows: rows.filter(({ external_flow_usd }) => external_flow_usd === null).length,
    gaps: points.filter(({ gap_before }) => gap_before).length,
    returned: returned.length,
    thinned_out: returned.length < points.length,
    points: returned,
    flows: rows.flatMap(flowOf),
  };
}

function emptySeries(key: AccountSummary | null, query: EquityQuery): Series {
  return {
    ...askedAccount(key, query),
    unit: 'USD',
    from: null,
    to: null,
    interval_seconds: query.intervalSeconds,
    snapshots: 0,
    unknown_equity: 0,
    unknown_flows: 0,
    gaps: 0,
    returned: 0,
    thinned_out: false,
    points: [],
    flows: [],
  };
}

function flowOf({ snapshot_at, external_flow_usd: amount, git_path }: EquityRow): readonly EquityFlow[] {
  if (amount === null || signOfDecimal(amount) === 0) return [];
  return [{ at: snapshot_at, amount_usd: amount, artifact: git_path }];
}

/** Keeps the microseconds, which a Date would cut. */
function secondsBefore(time: string, seconds: number): string {
  const whole = new Date(Date.parse(`${time.slice(0, 19)}Z`) - seconds * 1000);
  return `${whole.toISOString().slice(0, 19)}${time.slice(19)}`;
}
