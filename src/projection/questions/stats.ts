import type { Schema } from '../../db/schema.js';
import { type Kysely, sql } from '../../db/sql.js';
import { type AnswerSource, askQuestion, type QuestionDependencies } from './ask-projection.js';
import type { AskedMoment } from './asked-moment.js';
import { secondsSince } from './evidence.js';
import { canonicalTime } from './in-one-moment.js';

/** How much there is, and how old the newest of it. */
export interface StatsAnswer extends AnswerSource {
  readonly asked_at: string;
  readonly counts: StatsCounts;
  readonly problems: { readonly errors: number; readonly warnings: number };
  readonly feeds: readonly StatsFeed[];
}

export interface StatsCounts {
  readonly decisions: number;
  readonly trades: number;
  readonly open_trades: number;
  /** Closed or liquidated. */
  readonly ended_trades: number;
  readonly snapshots: number;
  readonly metrics_files: number;
  readonly insights: number;
  readonly events: number;
  readonly milestones: number;
  readonly conversations: number;
  readonly messages: number;
}

export interface StatsFeed {
  readonly feed: 'decisions' | 'events' | 'trades' | 'snapshots' | 'metrics';
  /** Canonical time of the newest record; null = there is none. */
  readonly newest: string | null;
  readonly age_seconds: number | null;
}

const FEEDS = ['decisions', 'events', 'trades', 'snapshots', 'metrics'] as const;

/** Counts records and tells the age of each feed. @throws {@link MavenError} ARTIFACTS_NOT_FOUND. */
export async function stats(dependencies: QuestionDependencies, moment: AskedMoment): Promise<StatsAnswer> {
  const { answer, ...from } = await askQuestion(dependencies, moment, ['maven_problems'], readRow);
  const count = (name: string): number => Number(answer[name] ?? 0);
  return {
    ...from,
    asked_at: moment.askedAt,
    counts: {
      decisions: count('decisions'),
      trades: count('trades'),
      open_trades: count('open_trades'),
      ended_trades: count('ended_trades'),
      snapshots: count('snapshots'),
      metrics_files: count('metrics_files'),
      insights: count('insights'),
      events: count('events'),
      milestones: count('milestones'),
      conversations: count('conversations'),
      messages: count('messages'),
    },
    problems: { errors: count('errors'), warnings: count('warnings') },
    feeds: FEEDS.map((feed) => {
      const newest = answer[`newest_${feed}`] ?? null;
      return { feed, newest, age_seconds: secondsSince(newest, moment.askedAt) };
    }),
  };
}

async function readRow(db: Kysely<Schema>): Promise<Readonly<Record<string, string | null>>> {
  const times = FEEDS.map((feed) => canonicalTime(`${feed}_at`).as(`newest_${feed}`));
  const { rows } = await sql<Record<string, string | null>>`
    select s.*, ${sql.join(times)} from (
      select
        (select count(*) from maven_decisions) as decisions,
        (select max(decided_at) from maven_decisions) as decisions_at,
        t.*,
        (select count(*) from maven_portfolio_snapshots) as snapshots,
        (select max(snapshot_at) from maven_portfolio_snapshots) as snapshots_at,
        (select count(*) from maven_performance_metrics) as metrics_files,
        (select max(updated_at) from maven_performance_metrics) as metrics_at,
        (select count(*) from maven_insights) as insights,
        (select count(*) from maven_memory where memory_type = 'event') as events,
        (select max(occurred_at) from maven_memory where memory_type = 'event') as events_at,
        (select count(*) from maven_memory where memory_type = 'milestone') as milestones,
        (select count(distinct conversation_id) from maven_conversations) as conversations,
        (select count(*) from maven_conversations) as messages,
        (select count(*) from maven_problems where severity = 'error') as errors,
        (select count(*) from maven_problems where severity = 'warning') as warnings
      from (
        select count(*) as trades, max(updated_at) as trades_at,
          count(*) filter (where status = 'open') as open_trades,
          count(*) filter (where status in ('closed', 'liquidated')) as ended_trades
        from maven_trades
      ) t
    ) s`.execute(db);
  return rows[0] ?? {};
}
