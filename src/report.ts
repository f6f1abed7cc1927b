import { ARTIFACTS_ROOT } from '../parsers/artifact.js';
import { compareDecimals } from '../parsers/decimal-arithmetic.js';
import { parseIdentity } from '../parsers/identity.js';
import type { MetricsRecord } from '../parsers/metrics.js';
import type { PerformanceFacts, PerformanceScope, PeriodTally } from '../parsers/performance-tally.js';
import { ALL_TIME } from '../parsers/period.js';
import type { Context } from './context.js';
import type { Database } from './db/database.js';
import { MavenError } from './errors.js';
import type { Revision } from './git/revision.js';
import type { QuestionDependencies } from './projection/questions/ask-projection.js';
import type { AskedRevision } from './projection/questions/asked-moment.js';
import type { DecisionList } from './projection/questions/decision-list.js';
import type { EquitySeries } from './projection/questions/equity-series.js';
import type { TradeList } from './projection/questions/list-trades.js';
import type { PortfolioAnswer } from './projection/questions/portfolio.js';
import type { PortfolioOptions } from './projection/questions/portfolio-query.js';
import { questionDependencies } from './question-dependencies.js';
import type { DrawdownDay, EarnedDay } from './report-courses.js';
import type { VerifyReport } from './verify-repository.js';

export interface ReportOptions extends PortfolioOptions {
  /** Compare every row with git before the numbers are read; true when absent. */
  readonly verify?: boolean;
}

/** Whether the projection was compared with git when the report was made; of another time nothing but git is asked. */
export type ReportCheck =
  | { readonly state: 'read from git' }
  | { readonly state: 'checked'; readonly report: VerifyReport }
  | { readonly state: 'not checked'; readonly reason: string };

/** What the trades of a day or a month brought; exact decimal text. */
export interface ReportPeriod {
  /** `2026-01-14`, `2026-01`. */
  readonly label: string;
  readonly trades: number;
  readonly winning: number;
  /** Null = the P&L of none of its trades is known. */
  readonly net_pnl_usd: string | null;
  /** Ended trades whose P&L is not known, in no other number. */
  readonly unknown_pnl: number;
}

/** Everything that is told of an account and its trades, of one revision. */
export interface Report {
  readonly revision: string;
  readonly source: 'postgres' | 'git';
  /** Why Postgres was not asked; null when it was. */
  readonly notice: string | null;
  /** Canonical. */
  readonly made_at: string;
  /** Canonical time that the report is of, and to which ages are counted: when it was made, unless another was asked for. */
  readonly asked_at: string;
  /** Of `identity.json`; null = it names none. */
  readonly name: string | null;
  readonly check: ReportCheck;
  readonly portfolio: PortfolioAnswer;
  readonly equity: EquitySeries;
  /** Of all time, computed now by today's definitions. */
  readonly performance: MetricsRecord;
  /** Days and months in which a trade ended, oldest first. */
  readonly days: readonly ReportPeriod[];
  readonly months: readonly ReportPeriod[];
  /** At most {@link MOST_DAYS}; their last is the sum. */
  readonly earned: readonly EarnedDay[];
  /** At most {@link MOST_DAYS}, the deepest among them; by the `equityBasis` of the performance. */
  readonly drawdown: readonly DrawdownDay[];
  readonly open: TradeList;
  /** The newest, with what became of them. */
  readonly decisions: DecisionList;
}

const MOST_EQUITY_POINTS = 480;
const MOST_DAYS = 600;
const MOST_OPEN_TRADES = 50;
const MOST_DECISIONS = 50;
const MOST_ATTEMPTS = 3;
const MOST_FINDINGS = 5;
const SCOPE: PerformanceScope = { kinds: ['day', 'month', 'all_time'], periods: null };

/**
 * Gathers what a person with money in it asks for, of one revision. Where rows differ from git, the numbers are read
 * from git itself.
 *
 * @param options - `at` a time (what was committed by then) or a revision: told from git, as it was then.
 * @throws {@link MavenError} ARTIFACTS_NOT_FOUND; INPUT_INVALID, RECORD_NOT_FOUND for the account; REVISION_NOT_FOUND for
 *   `at`; COMMIT_CONFLICT when HEAD moved under every attempt.
 */
export async function report(context: Context, options: ReportOptions): Promise<Report> {
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    const told = await gather(context, options);
    if (isOfOneRevision(told)) return told;
  }
  throw new MavenError('COMMIT_CONFLICT', 'new commits came in each time the report was put together', {
    hint: 'run it again when the jobs have ended',
  });
}

function isOfOneRevision({ revision, check, portfolio, equity, open, decisions }: Report): boolean {
  if (![portfolio, equity, open, decisions].every((answer) => answer.revision === revision)) return false;
  if (check.state !== 'checked') return true;
  // Verify came upon a commit newer than what had just been projected: that is no drift.
  const behind = check.report.findings.some(({ code }) => code === 'PROJECTION_BEHIND');
  return check.report.revision === revision && !behind;
}

async function gather(context: Context, options: ReportOptions): Promise<Report> {
  const { readEquityQuery, readPortfolioQuery } = await import('./projection/questions/portfolio-query.js');
  const { portfolio } = await import('./projection/questions/portfolio.js');
  const { equitySeries } = await import('./projection/questions/equity-series.js');
  const { listTrades } = await import('./projection/questions/list-trades.js');
  const { decisionList } = await import('./projection/questions/decision-list.js');
  const { readDecisionFilter } = await import('./projection/questions/decision-filter.js');
  const { readTradeFilter } = await import('./projection/questions/trade-filter.js');
  const { nowText } = await import('./ledger/input.js');
  const { askedMoment } = await import('./projection/questions/asked-moment.js');
  const { verify: wanted = true, at, ...about } = options;
  const made = nowText(context.clock);
  const moment = await askedMoment(context.repository, at, new Date(made));
  const now = new Date(moment.askedAt);
  const query = readPortfolioQuery(about, now);
  const check = await checkProjection(context, wanted, moment);
  const dependencies = soundSource(context, check);
  // These two may read HEAD itself, and come first: where it moves meanwhile, the answers after them tell.
  const name = await identityName(context, moment);
  const { facts, ...from } = await performanceFacts(context, dependencies, moment);
  const held = await portfolio(dependencies, query, moment);
  const account = held.account === null ? {} : { account: `${held.feed}/${held.account}` };
  const stretch = { ...about, ...account, maxPoints: MOST_EQUITY_POINTS };
  const equity = await equitySeries(dependencies, readEquityQuery(stretch, now), moment);
  const filter = readTradeFilter({ status: 'open', limit: MOST_OPEN_TRADES }, now);
  const open = await listTrades(dependencies, filter, moment);
  const newest = readDecisionFilter({ limit: MOST_DECISIONS }, now);
  const decisions = await decisionList(dependencies, moment, newest);
  return {
    ...from,
    made_at: made,
    asked_at: moment.askedAt,
    name,
    check,
    portfolio: held,
    equity,
    ...(await performanceOfAll(facts, moment.askedAt)),
    open,
    decisions,
  };
}

/** Brings the projection to HEAD and compares it; whatever keeps it from that is a reason, and no verdict. */
async function checkProjection(
  context: Context,
  wanted: boolean,
  { revision }: AskedRevision,
): Promise<ReportCheck> {
  if (revision !== null) return { state: 'read from git' };
  if (!wanted) return { state: 'not checked', reason: 'it was made with --no-verify' };
  const { reconcile } = await import('./projection/reconcile.js');
  const { verifyRepository } = await import('./verify-repository.js');
  const { repository, progress } = context;
  try {
    await reconcile({ repository, progress, database: await context.database() });
    return { state: 'checked', report: await verifyRepository(context, { limit: MOST_FINDINGS }) };
  } catch (error) {
    if (!(error instanceof MavenError)) throw error;
    return { state: 'not checked', reason: error.message };
  }
}

/** Rows that are known to differ from git are not asked. */
function soundSource(context: Context, check: ReportCheck): QuestionDependencies {
  const asking = questionDependencies(context);
  const differs = check.state === 'checked' && check.report.layers.projection === 'findings';
  const refuse = async (): Promise<Database> => {
    throw new MavenError('PROJECTION_UNPROVEN', 'rows differ from what git implies', {
      hint: 'run maven-git verify, then verify --fix',
    });
  };
  return differs ? { ...asking, database: refuse } : asking;
}

async function performanceFacts(
  { repository, progress }: Context,
  dependencies: QuestionDependencies,
  { revision: asked }: AskedRevision,
): Promise<Pick<Report, 'revision' | 'source' | 'notice'> & { readonly facts: PerformanceFacts }> {
  const fromGit = async ({ commit }: Pick<Revision, 'commit'>): Promise<PerformanceFacts> => {
    const { withTreeOf } = await import('./git/read-head.js');
    const { foldPerformance } = await import('./ledger/metrics/fold-performance.js');
    const { readLedgerContent } = await import('./ledger/metrics/read-ledger.js');
    return withTreeOf(repository, commit, async (base) =>
      foldPerformance(await readLedgerContent(base, progress), SCOPE),
    );
  };
  if (asked !== null)
    return { revision: asked.commit, source: 'git', notice: null, facts: await fromGit(asked) };
  const { askProjection } = await import('./projection/questions/ask-projection.js');
  const { performanceInPostgres } = await import(
    './projection/questions/performance/performance-in-postgres.js'
  );
  const { answer, revision, source, notice } = await askProjection<PerformanceFacts>(
    dependencies,
    (database) => database.withSession((session) => performanceInPostgres(session, SCOPE)),
    fromGit,
  );
  return { revision, source, notice, facts: answer };
}

async function performanceOfAll(
  { tallies, days, equity }: PerformanceFacts,
  computedAt: string,
): Promise<Pick<Report, 'performance' | 'days' | 'months' | 'earned' | 'drawdown'>> {
  const { equityHistory, equityOf } = await import('./ledger/metrics/equity.js');
  const { performanceOf } = await import('./ledger/metrics/performance.js');
  const { tallyPeriod } = await import('./ledger/metrics/tally-period.js');
  const { drawdownOfAccount, drawdownOfTrades, earnedDays, fewerDays } = await import('./report-courses.js');
  const nothing = { trades: [], confidences: [], unknownPnl: 0, undated: 0, named: [] };
  const history = equityHistory(equity);
  const tally = tallies.find(({ period }) => period.period === 'all_time') ?? tallyPeriod(ALL_TIME, nothing);
  const performance = performanceOf(tally, { equity: history, days, computedAt });
  const earned = earnedDays(days);
  const drawdown =
    performance.detail?.equityBasis === 'snapshots'
      ? drawdownOfAccount(equityOf(history, ALL_TIME).points)
      : drawdownOfTrades(earned);
  return {
    performance,
    days: periodsOf(tallies, 'day'),
    months: periodsOf(tallies, 'month'),
    // Of a stretch that is one point on paper: where it ended, and how deep it fell.
    earned: fewerDays(earned, MOST_DAYS, () => true),
    drawdown: fewerDays(
      drawdown,
      MOST_DAYS,
      (left, right) => compareDecimals(left.depth_usd, right.depth_usd) > 0,
    ),
  };
}

/** Without those in which only decisions were made. */
function periodsOf(tallies: readonly PeriodTally[], kind: 'day' | 'month'): readonly ReportPeriod[] {
  return tallies
    .filter(
      ({ period, total, notCounted }) => period.period === kind && total.trades + notCounted.unknownPnl > 0,
    )
    .map(({ period, total, notCounted }) => ({
      label: period.label,
      trades: total.trades,
      winning: total.winning,
      net_pnl_usd: total.trades === 0 ? null : total.netUsd,
      unknown_pnl: notCounted.unknownPnl,
    }))
    .sort((left, right) => (left.label < right.label ? -1 : 1));
}

/** Free in form: only a name that is a text is one. */
async function identityName(context: Context, { revision }: AskedRevision): Promise<string | null> {
  const { readArtifact } = await import('./artifact-reader.js');
  const path = `${ARTIFACTS_ROOT}/identity.json`;
  const artifact = await readArtifact(context, path, revision?.commit);
  if (artifact === null) return null;
  const identity = parseIdentity(artifact.text, path).records[0]?.record;
  const { name } = JSON.parse(identity?.json ?? '{}') as { readonly name?: unknown };
  return typeof name === 'string' && name.trim() !== '' ? name.trim() : null;
}
