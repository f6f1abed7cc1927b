import { trimDecimal } from '../../../parsers/decimal-arithmetic.js';
import type { Schema } from '../../db/schema.js';
import { type Kysely, type RawBuilder, sql } from '../../db/sql.js';
import { type AnswerSource, askQuestion, type QuestionDependencies } from './ask-projection.js';
import type { AskedMoment } from './asked-moment.js';
import { writeCursor } from './cursor.js';
import { DECISION_OUTCOMES, type DecisionFilter, type DecisionOutcome } from './decision-filter.js';
import { canonicalTime } from './in-one-moment.js';

/** A decision, the trades that carry it out, and what they earned. Amounts are exact decimal text. */
export interface DecisionAnswer {
  /** File name; the key that `history` takes. */
  readonly decision: string;
  readonly decided_at: string;
  readonly decision_type: string;
  readonly asset: string | null;
  readonly confidence_pct: string | null;
  readonly risk_level: string | null;
  /** As written, cut at {@link MOST_ACTION_CHARACTERS}. */
  readonly action: string;
  readonly outcome: DecisionOutcome;
  readonly trades: DecisionTrades;
  /** Sums over ended trades of known P&L; null = there is none. Net is realized - fees. */
  readonly realized_pnl_usd: string | null;
  readonly net_pnl_usd: string | null;
  readonly git_path: string;
}

export interface DecisionTrades {
  /** All but cancelled ones. */
  readonly count: number;
  readonly open: number;
  readonly winning: number;
  readonly losing: number;
  readonly breakeven: number;
  /** Ended, with a P&L that is not known. */
  readonly unknown_pnl: number;
  readonly cancelled: number;
  /** `moha/4711`, newest opening first, at most {@link MOST_TRADES}. */
  readonly ids: readonly string[];
}

export interface DecisionList extends AnswerSource {
  readonly asked_at: string;
  /** Decisions that fit. */
  readonly total: number;
  readonly returned: number;
  /** Of all that fit. */
  readonly outcomes: Readonly<Record<DecisionOutcome, number>>;
  /** Of all that fit; null = none of their trades has a known P&L. */
  readonly net_pnl_usd: string | null;
  /** Newest first. */
  readonly decisions: readonly DecisionAnswer[];
  /** For the next page; null = this is the last. */
  readonly next_cursor: string | null;
  readonly definition: typeof OUTCOME_DEFINITION;
}

export const OUTCOME_DEFINITION = {
  name: 'decision_outcome',
  version: '1',
  formula:
    'no_trades without a trade that is not cancelled; open while one is open; unknown where an ended one has no known P&L; else by the sum of realized P&L, before fees: win above 0, loss below 0, breakeven 0',
} as const;

const TABLES = ['maven_decisions', 'maven_trades'] as const;

/** How many trades of a decision are named, and how much of its action is told. */
export const MOST_TRADES = 10;
export const MOST_ACTION_CHARACTERS = 300;

/**
 * Lists decisions with what became of them.
 *
 * @throws {@link MavenError} ARTIFACTS_NOT_FOUND.
 */
export async function decisionList(
  dependencies: QuestionDependencies,
  moment: AskedMoment,
  filter: DecisionFilter,
): Promise<DecisionList> {
  const { answer, ...from } = await askQuestion(dependencies, moment, TABLES, async (db) => ({
    ...(await readTotals(db, filter)),
    rows: await readRows(db, filter),
  }));
  const { rows, ...totals } = answer;
  const decisions = rows.slice(0, filter.limit).map(decisionAnswer);
  const last = rows.length > filter.limit ? decisions.at(-1) : undefined;
  return {
    ...from,
    asked_at: moment.askedAt,
    ...totals,
    returned: decisions.length,
    decisions,
    next_cursor: last === undefined ? null : writeCursor([last.decided_at, last.decision]),
    definition: OUTCOME_DEFINITION,
  };
}

const COUNTS = ['count', 'open', 'winning', 'losing', 'breakeven', 'unknown_pnl', 'cancelled'] as const;

type Row = Readonly<Record<(typeof COUNTS)[number], string>> &
  Omit<DecisionAnswer, 'trades' | 'action'> & {
    readonly action: string;
    readonly ids: string;
  };

/** Every decision that fits but for its outcome, with its trades added up. */
function added(filter: DecisionFilter): RawBuilder<unknown> {
  const { asset, type, since, until } = filter;
  const ended = sql`t.status in ('closed', 'liquidated')`;
  return sql`select d.id, d.git_filename as decision, d.decided_at as at, d.decision_type, d.asset,
      d.confidence::text as confidence_pct, d.risk_level, d.action, d.git_path,
      count(t.id) filter (where t.status <> 'cancelled') as count,
      count(t.id) filter (where t.status = 'open') as open,
      count(t.id) filter (where ${ended} and t.realized_pnl_usd > 0) as winning,
      count(t.id) filter (where ${ended} and t.realized_pnl_usd < 0) as losing,
      count(t.id) filter (where ${ended} and t.realized_pnl_usd = 0) as breakeven,
      count(t.id) filter (where ${ended} and t.realized_pnl_usd is null) as unknown_pnl,
      count(t.id) filter (where t.status = 'cancelled') as cancelled,
      sum(t.realized_pnl_usd) filter (where ${ended}) as realized_pnl_usd,
      sum(t.net_pnl_usd) filter (where ${ended}) as net_pnl_usd
    from maven_decisions d left join maven_trades t on t.decision_id = d.id
    where true
      ${asset === null ? sql`` : sql`and ${asset} = any(string_to_array(replace(lower(d.asset collate "C"), ' ', ''), ','))`}
      ${type === null ? sql`` : sql`and lower(d.decision_type collate "C") = ${type}`}
      ${since === null ? sql`` : sql`and d.decided_at >= ${since}::timestamptz`}
      ${until === null ? sql`` : sql`and d.decided_at <= ${until}::timestamptz`}
    group by d.id`;
}

function judged(filter: DecisionFilter): RawBuilder<unknown> {
  return sql`select * from (
      select a.*, case when a.count = 0 then 'no_trades' when a.open > 0 then 'open'
        when a.unknown_pnl > 0 then 'unknown' when a.realized_pnl_usd > 0 then 'win'
        when a.realized_pnl_usd < 0 then 'loss' else 'breakeven' end as outcome
      from (${added(filter)}) a
    ) j where true ${filter.outcome === null ? sql`` : sql`and j.outcome = ${filter.outcome}`}`;
}

async function readTotals(
  db: Kysely<Schema>,
  filter: DecisionFilter,
): Promise<Pick<DecisionList, 'total' | 'outcomes' | 'net_pnl_usd'>> {
  const { rows } = await sql<{ outcome: DecisionOutcome; n: string; net: string | null; all: string | null }>`
    select outcome, count(*) as n, sum(sum(net_pnl_usd)) over () as all
    from (${judged(filter)}) o group by outcome`.execute(db);
  const count = (outcome: DecisionOutcome): number =>
    Number(rows.find((row) => row.outcome === outcome)?.n ?? 0);
  const outcomes = Object.fromEntries(DECISION_OUTCOMES.map((outcome) => [outcome, count(outcome)]));
  const net = rows[0]?.all ?? null;
  return {
    total: rows.reduce((sum, { n }) => sum + Number(n), 0),
    outcomes: outcomes as Record<DecisionOutcome, number>,
    net_pnl_usd: net === null ? null : trimDecimal(net),
  };
}

/** One more than asked for, to know whether there is a next page. */
async function readRows(db: Kysely<Schema>, filter: DecisionFilter): Promise<readonly Row[]> {
  const { after, limit } = filter;
  const page =
    after === null
      ? sql``
      : sql`where (at, decision collate "C") < (${after.decidedAt}::timestamptz, ${after.decision} collate "C")`;
  const { rows } = await sql<Row>`
    select p.*, ${canonicalTime('at')} as decided_at, left(p.action, ${sql.lit(MOST_ACTION_CHARACTERS)}) as action,
      coalesce((select json_agg(n.id) from (
        select t.source || '/' || t.external_trade_id as id from maven_trades t where t.decision_id = p.id
        order by t.opened_at desc, t.external_trade_id collate "C" desc, t.source collate "C" desc
        limit ${sql.lit(MOST_TRADES)}
      ) n), '[]')::text as ids
    from (
      select * from (${judged(filter)}) o ${page}
      order by at desc, decision collate "C" desc limit ${sql.lit(limit + 1)}
    ) p order by at desc, decision collate "C" desc`.execute(db);
  return rows;
}

function decisionAnswer(row: Row): DecisionAnswer {
  const counts = Object.fromEntries(COUNTS.map((name) => [name, Number(row[name])]));
  const amount = (value: string | null): string | null => (value === null ? null : trimDecimal(value));
  return {
    decision: row.decision,
    decided_at: row.decided_at,
    decision_type: row.decision_type,
    asset: row.asset,
    confidence_pct: row.confidence_pct,
    risk_level: row.risk_level,
    action: row.action,
    outcome: row.outcome,
    trades: {
      ...(counts as Record<(typeof COUNTS)[number], number>),
      ids: JSON.parse(row.ids) as readonly string[],
    },
    realized_pnl_usd: amount(row.realized_pnl_usd),
    net_pnl_usd: amount(row.net_pnl_usd),
    git_path: row.git_path,
  };
}
