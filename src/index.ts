/**
 * maven-git as a library. A context opens the repository; every function takes it and loads what it needs, so that
 * importing this module costs nothing.
 *
 * @example
 *   const context = await openContext({ repo: '.', env: process.env });
 *   try {
 *     console.log(await reconcile(context));
 *   } finally {
 *     await context.close();
 *   }
 */
import type { ArtifactListing, ArtifactText } from './artifact-reader.js';
import type { Cache } from './cache/open-cache.js';
import type { ConsistencyOptions, ConsistencyReport } from './consistency.js';
import type { Context } from './context.js';
import type { DoctorReport } from './doctor/run-doctor.js';
import type { DrillOptions, DrillReport } from './drill.js';
import type { Feed, FeedAge } from './feed-ages.js';
import type { JobHealth } from './heartbeat.js';
import type { ImportedConversation } from './ledger/import-conversation.js';
import type { Initialized } from './ledger/initialize.js';
import type { UncountableFlow, UncountableFlows } from './ledger/list-uncountable-flows.js';
import type { Corrected, CorrectionInput } from './ledger/record-correction.js';
import type { DecisionInput } from './ledger/record-decision.js';
import type { EventInput } from './ledger/record-event.js';
import type { FlowCorrected, FlowCorrectionInput } from './ledger/record-flow-correction.js';
import type { InsightInput } from './ledger/record-insight.js';
import type { MilestoneInput } from './ledger/record-milestone.js';
import type { Recorded } from './ledger/recorded.js';
import type { RecountChange, RecountReport } from './ledger/recount-snapshots.js';
import type { SnapshotReport } from './ledger/snapshot/snapshot-report.js';
import type { SyncReport } from './ledger/sync-trades/sync-report.js';
import type { IdentityInput } from './ledger/update-identity.js';
import type { MetricsReport } from './ledger/write-metrics.js';
import type { MetricsJobOptions } from './metrics-job.js';
import type { PerformanceAnswer, PerformanceOptions } from './performance-answer.js';
import type { AskedMoment, AskedRevision } from './projection/questions/asked-moment.js';
import type { DecisionOptions } from './projection/questions/decision-filter.js';
import type { DecisionList } from './projection/questions/decision-list.js';
import type { EquitySeries } from './projection/questions/equity-series.js';
import type { RecordHistory } from './projection/questions/history.js';
import type { TradeList } from './projection/questions/list-trades.js';
import type { MoneyDiff } from './projection/questions/money-diff.js';
import type { PnlAnswer } from './projection/questions/pnl.js';
import type { PortfolioAnswer } from './projection/questions/portfolio.js';
import type { EquityOptions, PnlOptions, PortfolioOptions } from './projection/questions/portfolio-query.js';
import type { SearchAnswer, SearchOptions } from './projection/questions/search-memory.js';
import type { StatsAnswer } from './projection/questions/stats.js';
import type { TradeListOptions } from './projection/questions/trade-filter.js';
import type { ReconcileOptions } from './projection/reconcile.js';
import { type ReconcileReport, upToDate } from './projection/reconcile-report.js';
import { projectedHead } from './projection/up-to-date.js';
import { type Published, publish } from './publish.js';
import type { ExchangeOptions, PullReport, PushReport } from './pull-push.js';
import { questionDependencies } from './question-dependencies.js';
import type { RecoveryDrill } from './recovery-drill.js';
import type { RehearsalOptions, RehearsalStep } from './rehearsal.js';
import type { Report, ReportOptions } from './report.js';
import type { SnapshotJobOptions, SnapshotPorts } from './snapshot-job.js';
import type { StatusReport } from './status.js';
import type { SyncJobOptions } from './sync-job.js';
import type { VerifyOptions, VerifyReport } from './verify-repository.js';
import type { WinRateAnswer, WinRateOptions } from './win-rate-answer.js';

export {
  compareDecimals,
  divideDecimals,
  multiplyDecimals,
  roundDecimal,
  subtractDecimals,
} from '../parsers/decimal-arithmetic.js';
export { elapsedSeconds } from '../parsers/elapsed-seconds.js';
export { groupBy } from '../parsers/group-by.js';
export { amountText } from './amount-text.js';
export { type Config, loadConfig } from './config.js';
export { type Context, type ContextOptions, openContext } from './context.js';
export type { CheckState, DoctorCheck } from './doctor/check.js';
export type { DoctorReport } from './doctor/run-doctor.js';
export type { DrillReport, DrillStep } from './drill.js';
export { codeOf, type ErrorCode, MavenError } from './errors.js';
export { JOBS } from './heartbeat.js';
export type { HookInstallOptions } from './hooks.js';
export {
  checkOutgoing,
  checkStaged,
  gitHooksStatus,
  HOOK_REFUSED,
  installGitHooks,
  serveHookRequests,
  uninstallGitHooks,
} from './hooks.js';
export type { CheckFinding, CheckReport } from './hooks-check.js';
export { createLogger, type Logger, type LogLevel, silentLogger } from './logger.js';
export { type LoopOptions, runLoop } from './loop.js';
export { packageRoot, packageVersion } from './package-root.js';
export type {
  BucketAnswer,
  GroupAnswer,
  PerformanceAnswer,
  PerformanceOptions,
  PerformanceValue,
} from './performance-answer.js';
export type { PerformanceNumber } from './performance-numbers.js';
export type { Progress, ReportProgress } from './progress.js';
export type { TableDiff } from './projection/diff.js';
export type { Finding } from './projection/finding.js';
export type { AnswerSource } from './projection/questions/ask-projection.js';
export type { DecisionOptions, DecisionOutcome } from './projection/questions/decision-filter.js';
export type { DecisionHistory } from './projection/questions/decision-history.js';
export type { DecisionAnswer, DecisionList } from './projection/questions/decision-list.js';
export { durationText } from './projection/questions/duration-text.js';
export type { EquityPoint } from './projection/questions/equity-points.js';
export type { EquityFlow } from './projection/questions/equity-series.js';
export type {
  Evidence,
  EvidenceArtifacts,
  EvidenceBasis,
  EvidenceInterval,
  EvidenceUnit,
  EvidenceWindow,
} from './projection/questions/evidence.js';
export type { FieldChange } from './projection/questions/field-changes.js';
export type { HistoryCommit } from './projection/questions/history-commit.js';
export type {
  AccountChange,
  AccountState,
  MoneyDiff,
  PeriodChange,
  PeriodState,
} from './projection/questions/money-diff.js';
export type { PeriodOptions } from './projection/questions/period-query.js';
export type { SnapshotPnl } from './projection/questions/pnl.js';
export type { PnlWindowAnswer } from './projection/questions/pnl-windows.js';
export type { SnapshotPortfolio } from './projection/questions/portfolio.js';
export type { MemoryHit, SearchAnswer, SearchOptions } from './projection/questions/search-memory.js';
export type {
  PortfolioWarning,
  PositionAnswer,
  SnapshotEvidence,
} from './projection/questions/snapshot-answer.js';
export type { StatsAnswer } from './projection/questions/stats.js';
export type { TradeAnswer } from './projection/questions/trade-answer.js';
export type { LedgerSums, TradeChange, TradeChangeKind } from './projection/questions/trade-changes.js';
export type { TradeHistories } from './projection/questions/trade-history.js';
export type { ReportCheck, ReportPeriod } from './report.js';
export type { DrawdownDay, EarnedDay } from './report-courses.js';
export { rowsTotal } from './rows-total.js';
export type { AssetWinRate, WinRateAnswer, WinRateOptions } from './win-rate-answer.js';
export type {
  ArtifactListing,
  ArtifactText,
  Cache,
  ConsistencyOptions,
  ConsistencyReport,
  Context as MavenContext,
  Corrected,
  CorrectionInput,
  DecisionInput,
  EquityOptions,
  EquitySeries,
  EventInput,
  ExchangeOptions,
  Feed,
  FeedAge,
  FlowCorrected,
  FlowCorrectionInput,
  IdentityInput,
  ImportedConversation,
  Initialized,
  InsightInput,
  JobHealth,
  MetricsJobOptions,
  MetricsReport,
  MilestoneInput,
  PnlAnswer,
  PnlOptions,
  PortfolioAnswer,
  PortfolioOptions,
  Published,
  PullReport,
  PushReport,
  ReconcileOptions,
  ReconcileReport,
  Recorded,
  RecordHistory,
  RecountChange,
  RecountReport,
  RecoveryDrill,
  RehearsalStep,
  Report,
  ReportOptions,
  SnapshotJobOptions,
  SnapshotPorts,
  SnapshotReport,
  StatusReport,
  SyncJobOptions,
  SyncReport,
  TradeList,
  TradeListOptions,
  UncountableFlow,
  UncountableFlows,
  VerifyOptions,
  VerifyReport,
};

/** A job's result and what became of the projection; null when there was nothing to commit, hence to project. */
export type WithProjection<T> = T & { readonly published: Published | null };

/**
 * Brings Postgres to HEAD. With `revision`, projects that revision into a scratch database instead and answers from
 * there.
 *
 * @throws {@link MavenError}
 */
export async function reconcile(context: Context, options: ReconcileOptions = {}): Promise<ReconcileReport> {
  const { repository, progress } = context;
  if (options.revision === undefined) {
    const database = await context.database();
    const head = Object.values(options).some(Boolean) ? null : await projectedHead(repository, database);
    if (head !== null) return upToDate(head, false);
    const { reconcile: run } = await import('./projection/reconcile.js');
    progress({ phase: 'opening the database', done: 0, total: 0 });
    return run({ repository, progress, database }, options);
  }
  const { reconcile: run } = await import('./projection/reconcile.js');
  const { openEmbeddedDatabase } = await import('./db/embedded-database.js');
  const scratch = openEmbeddedDatabase({ folder: null, lockTimeoutMs: 0, notice: () => undefined });
  try {
    return await run({ repository, progress, database: scratch }, options);
  } finally {
    await scratch.close();
  }
}

/**
 * Compares Postgres with HEAD, counts again what is derived from the ledger, and tells how old the feeds are.
 *
 * @throws {@link MavenError} when it could not check, which is no verdict.
 */
export async function verify(context: Context, options: VerifyOptions = {}): Promise<VerifyReport> {
  const { verifyRepository } = await import('./verify-repository.js');
  return verifyRepository(context, options);
}

/** Tells how old each feed is, by the context's clock, against the interval in which it is to come in. */
export async function feedAges(context: Context): Promise<readonly FeedAge[]> {
  const { feedAges: run } = await import('./feed-ages.js');
  return run(context);
}

/**
 * Checks a checkout by itself, without any server: rebuilds a throwaway database and runs every layer on it.
 *
 * @throws {@link MavenError} when it could not check: a shallow clone, a base that is not there.
 */
export async function checkConsistency(
  context: Context,
  options: ConsistencyOptions = {},
): Promise<ConsistencyReport> {
  const { checkConsistency: run } = await import('./consistency.js');
  return run(context, options);
}

/**
 * Tells where git, the projection, the feeds and the jobs stand; a database that is away is part of the answer.
 *
 * @throws {@link MavenError} what is wrong with the repository.
 */
export async function status(context: Context): Promise<StatusReport> {
  const { status: run } = await import('./status.js');
  return run(context);
}

/**
 * Lists trades, newest first, with sums over all that fit; brings the projection to HEAD before, and asks git where that
 * cannot be done.
 *
 * @throws {@link MavenError} INPUT_INVALID, ARTIFACTS_NOT_FOUND.
 */
export async function listTrades(context: Context, options: TradeListOptions = {}): Promise<TradeList> {
  const { readTradeFilter } = await import('./projection/questions/trade-filter.js');
  const moment = await momentOf(context, options);
  const filter = readTradeFilter(options, new Date(moment.askedAt));
  const { listTrades: run } = await import('./projection/questions/list-trades.js');
  return run(questionDependencies(context), filter, moment);
}

/**
 * Tells the P&L that the newest snapshot of the account states (or the latest at a time asked), and what it was counted
 * from. Without a snapshot the answer says so: `snapshot` is null, with the `reason`.
 *
 * @throws {@link MavenError} INPUT_INVALID, also when several accounts have snapshots and none was chosen;
 *   RECORD_NOT_FOUND for an account without any; ARTIFACTS_NOT_FOUND.
 */
export async function pnl(context: Context, options: PnlOptions = {}): Promise<PnlAnswer> {
  const { readPortfolioQuery, readWindows } = await import('./projection/questions/portfolio-query.js');
  const windows = readWindows(options.window);
  const { moment, ...asked } = await snapshotsAt(context, options);
  const query = readPortfolioQuery(asked.options, asked.now);
  const { pnl: run } = await import('./projection/questions/pnl.js');
  return run(questionDependencies(context), query, windows, moment);
}

/**
 * Tells what the account held when the newest snapshot was taken, and its P&L. Otherwise as {@link pnl}.
 *
 * @throws {@link MavenError} as {@link pnl}.
 */
export async function portfolio(context: Context, options: PortfolioOptions = {}): Promise<PortfolioAnswer> {
  const { readPortfolioQuery } = await import('./projection/questions/portfolio-query.js');
  const { moment, ...asked } = await snapshotsAt(context, options);
  const query = readPortfolioQuery(asked.options, asked.now);
  const { portfolio: run } = await import('./projection/questions/portfolio.js');
  return run(questionDependencies(context), query, moment);
}

/**
 * Tells equity over time, for charts: points with their gaps, and external flows.
 *
 * @throws {@link MavenError} as {@link pnl}.
 */
export async function equitySeries(context: Context, options: EquityOptions = {}): Promise<EquitySeries> {
  const { readEquityQuery } = await import('./projection/questions/portfolio-query.js');
  const { moment, ...asked } = await snapshotsAt(context, options);
  const query = readEquityQuery(asked.options, asked.now);
  const { equitySeries: run } = await import('./projection/questions/equity-series.js');
  return run(questionDependencies(context), query, moment);
}

/**
 * Gathers everything that a report shows, of one revision: account, performance, courses, open trades, and whether the
 * projection was compared with git.
 *
 * @throws {@link MavenError} as {@link pnl}; COMMIT_CONFLICT when HEAD moved under every attempt.
 */
export async function report(context: Context, options: ReportOptions = {}): Promise<Report> {
  const { report: run } = await import('./report.js');
  return run(context, options);
}

/**
 * Tells how many ended trades of a period won, in percent, of one asset or of all, with a 95 % interval.
 *
 * Without such a trade `win_rate.value` is null, with the `reason`.
 *
 * @throws {@link MavenError} INPUT_INVALID, ARTIFACTS_NOT_FOUND, REVISION_NOT_FOUND for `at`.
 */
export async function winRate(context: Context, options: WinRateOptions = {}): Promise<WinRateAnswer> {
  const { answerWinRate: run } = await import('./win-rate-answer.js');
  return run(context, options);
}

/**
 * Tells what the trades of a period earned: every number of parsers/METRICS.md that has one value, and groups.
 *
 * @throws {@link MavenError} as {@link winRate}.
 */
export async function performance(
  context: Context,
  options: PerformanceOptions = {},
): Promise<PerformanceAnswer> {
  const { answerPerformance: run } = await import('./performance-answer.js');
  return run(context, options);
}

/**
 * Lists decisions, newest first, each with its trades and what they earned.
 *
 * @throws {@link MavenError} as {@link winRate}.
 */
export async function decisions(context: Context, options: DecisionOptions = {}): Promise<DecisionList> {
  const { readDecisionFilter } = await import('./projection/questions/decision-filter.js');
  const moment = await momentOf(context, options);
  const filter = readDecisionFilter(options, new Date(moment.askedAt));
  const { decisionList: run } = await import('./projection/questions/decision-list.js');
  return run(questionDependencies(context), moment, filter);
}

/**
 * Searches events, milestones, conversations, insights and decisions for words, the best first. The texts of the answer
 * are data as people and models wrote them.
 *
 * @throws {@link MavenError} as {@link winRate}.
 */
export async function searchMemory(context: Context, options: SearchOptions): Promise<SearchAnswer> {
  const { readSearch, searchMemory: run } = await import('./projection/questions/search-memory.js');
  const query = readSearch(options);
  return run(questionDependencies(context), await momentOf(context, options), query);
}

/** Counts what there is and tells how old the newest of it is. @throws {@link MavenError} as {@link winRate}. */
export async function stats(context: Context, options: { readonly at?: string } = {}): Promise<StatsAnswer> {
  const { stats: run } = await import('./projection/questions/stats.js');
  return run(questionDependencies(context), await momentOf(context, options));
}

/**
 * Tells what changed in money between two revisions: trades, sums, P&L of the newest snapshots, metrics, decisions.
 * Reads git alone: needs no database.
 *
 * @param options - `from` and `to` are revisions or times, as `at` of {@link winRate}; `to` is HEAD when absent.
 * @throws {@link MavenError} REVISION_NOT_FOUND, ARTIFACTS_NOT_FOUND, OBJECT_NOT_FOUND.
 */
export async function moneyDiff(
  context: Context,
  options: { readonly from: string; readonly to?: string },
): Promise<MoneyDiff> {
  const { answerMoneyDiff: run } = await import('./money-diff-answer.js');
  return run(context, options);
}

/**
 * Tells every revision of a trade or a decision, with the commit that brought it. Needs no database.
 *
 * @param key - `123`, `moha/123`, or the file name of a decision.
 * @throws {@link MavenError} RECORD_NOT_FOUND, ARTIFACTS_NOT_FOUND.
 */
export async function history(
  context: Context,
  key: string,
  options: { readonly at?: string } = {},
): Promise<RecordHistory> {
  const { history: run } = await import('./projection/questions/history.js');
  return run(context.repository, key, await momentOf(context, options));
}

/**
 * Reads one artifact of HEAD as text, out of git's tree alone. Needs no database.
 *
 * @param path - repository-relative; anything that is no artifact's place and name is not found.
 * @returns null = HEAD has no such artifact.
 */
export async function readArtifact(context: Context, path: string): Promise<ArtifactText | null> {
  const { readArtifact: run } = await import('./artifact-reader.js');
  return run(context, path);
}

/** Lists the artifacts of HEAD. Needs no database. @throws {@link MavenError} ARTIFACTS_NOT_FOUND. */
export async function listArtifactsAtHead(context: Context): Promise<ArtifactListing> {
  const { listArtifactsAtHead: run } = await import('./artifact-reader.js');
  return run(context);
}

/** Counts the commits of HEAD that an answer of a revision does not know; null = not in this history. */
export async function commitsBehind(context: Context, revision: string): Promise<number | null> {
  const { commitsBehind: run } = await import('./artifact-reader.js');
  return run(context, revision);
}

/** Tells the commit of HEAD at this moment, at the cost of two small files; null before the first one. */
export async function headRevision(context: Context): Promise<string | null> {
  const { headCommit } = await import('./git/read-head.js');
  return headCommit(context.repository);
}

/** Opens the cache that the configuration names: Redis, or this process. To be closed by the caller. */
export async function openAnswerCache(context: Context): Promise<Cache> {
  const { openCache } = await import('./cache/open-cache.js');
  return openCache(context.config.redis, { warn: (message) => context.logger.warning(message) });
}

/** Makes `.moha/maven`; leaves what exists untouched. */
export async function initialize(context: Context): Promise<WithProjection<Initialized>> {
  const { initialize: run } = await import('./ledger/initialize.js');
  return published(context, await run(await context.job()));
}

/** Records a decision, counts it in the identity, and projects it. */
export async function recordDecision(
  context: Context,
  input: DecisionInput,
): Promise<WithProjection<Recorded>> {
  const { recordDecision: run } = await import('./ledger/record-decision.js');
  return published(context, await run(await context.job(), input));
}

/** Appends an event to the session log and projects it. */
export async function recordEvent(context: Context, input: EventInput): Promise<WithProjection<Recorded>> {
  const { recordEvent: run } = await import('./ledger/record-event.js');
  return published(context, await run(await context.job(), input));
}

/** Records a milestone and projects it. */
export async function recordMilestone(
  context: Context,
  input: MilestoneInput,
): Promise<WithProjection<Recorded>> {
  const { recordMilestone: run } = await import('./ledger/record-milestone.js');
  return published(context, await run(await context.job(), input));
}

/** Records a market observation and projects it. */
export async function recordInsight(
  context: Context,
  input: InsightInput,
): Promise<WithProjection<Recorded>> {
  const { recordInsight: run } = await import('./ledger/record-insight.js');
  return published(context, await run(await context.job(), input));
}

/** Merges a JSON object into `identity.json` and projects it. */
export async function updateIdentity(
  context: Context,
  input: IdentityInput,
): Promise<WithProjection<Recorded>> {
  const { updateIdentity: run } = await import('./ledger/update-identity.js');
  return published(context, await run(await context.job(), input));
}

/** Corrects a trade by appending a revision, and projects it. */
export async function recordCorrection(
  context: Context,
  input: CorrectionInput,
): Promise<WithProjection<Corrected>> {
  const { recordCorrection: run } = await import('./ledger/record-correction.js');
  return published(context, await run(await context.job(), input));
}

/** Lists the flows that nobody knows how to count; without a database. */
export async function listUncountableFlows(context: Context): Promise<UncountableFlows> {
  const { listUncountableFlows: run } = await import('./ledger/list-uncountable-flows.js');
  return run(context.repository);
}

/** Says how a flow counts by appending a line, and projects. */
export async function recordFlowCorrection(
  context: Context,
  input: FlowCorrectionInput,
): Promise<WithProjection<FlowCorrected>> {
  const { recordFlowCorrection: run } = await import('./ledger/record-flow-correction.js');
  return published(context, await run(await context.job(), input));
}

/**
 * Writes snapshots anew whose P&L no longer follows from snapshots and flows, in one commit, and projects them.
 *
 * @throws {@link MavenError} ARTIFACTS_NOT_FOUND, COMMIT_CONFLICT.
 */
export async function recountSnapshots(
  context: Context,
  options: { readonly dryRun: boolean },
): Promise<WithProjection<RecountReport>> {
  const { recountSnapshots: run } = await import('./ledger/recount-snapshots.js');
  return published(context, await run({ ...(await context.job()), progress: context.progress }, options));
}

/** Brings MoHa's `bot_trades` into the trade ledger and projects what is new. */
export async function syncTrades(
  context: Context,
  options: SyncJobOptions,
): Promise<WithProjection<SyncReport>> {
  const { runSyncTrades } = await import('./sync-job.js');
  return published(context, await runSyncTrades(context, options));
}

/**
 * Makes this process the only one that runs a job in a loop on this repository.
 *
 * @param job - as people know it: `sync trades`.
 * @returns what lets the next one in.
 * @throws {@link MavenError} JOB_RUNNING naming the process that does it already.
 */
export async function claimLoop(
  context: Context,
  job: string,
  intervalSeconds: number,
): Promise<{ release(): Promise<void> }> {
  const { claimLoop: run } = await import('./run-job.js');
  return run(context, job, intervalSeconds);
}

/** Looks at everything the program needs, and tells what is missing and how to mend it; changes nothing. */
export async function doctor(context: Context): Promise<DoctorReport> {
  const { runDoctor } = await import('./doctor/run-doctor.js');
  return runDoctor(context);
}

/** SQL for roles that may do what they must, and no more. */
export async function printGrants(): Promise<string> {
  const { printGrants: run } = await import('./doctor/grants.js');
  return run();
}

/** Tells whether a job's loop makes its rounds on this machine. @param job - as people know it: `sync trades`. */
export async function jobHealth(context: Context, job: string): Promise<JobHealth> {
  const { judgeHealth, readHeartbeat } = await import('./heartbeat.js');
  return judgeHealth(readHeartbeat(context.repository, job), context.clock());
}

/** Takes one snapshot of the account at Hyperliquid and projects it. @throws {@link MavenError} */
export async function takeSnapshot(
  context: Context,
  options: SnapshotJobOptions,
  ports: SnapshotPorts = {},
): Promise<WithProjection<SnapshotReport>> {
  return withSnapshots(context, (take) => take(options), ports);
}

/**
 * Takes snapshots again and again over one cache and one limit of requests, which `work` may call as often as it likes.
 *
 * @throws {@link MavenError} CONFIG_INVALID when `HYPERLIQUID_ADDRESS` is missing or malformed.
 */
export async function withSnapshots<T>(
  context: Context,
  work: (take: (options: SnapshotJobOptions) => Promise<WithProjection<SnapshotReport>>) => Promise<T>,
  ports: SnapshotPorts = {},
): Promise<T> {
  const { openSnapshotJob } = await import('./snapshot-job.js');
  const job = await openSnapshotJob(context, ports);
  try {
    return await work(async (options) => published(context, await job.take(options)));
  } finally {
    await job.close();
  }
}

/**
 * Writes the metrics files that are missing or no longer follow from the ledger, in one commit, and projects them.
 *
 * @throws {@link MavenError} INPUT_INVALID, ARTIFACTS_NOT_FOUND, JOB_RUNNING.
 */
export async function writeMetrics(
  context: Context,
  options: MetricsJobOptions,
): Promise<WithProjection<MetricsReport>> {
  const { runMetrics } = await import('./metrics-job.js');
  return published(context, await runMetrics(context, options));
}

/** Makes a transcript (JSONL text) an artifact and projects it. */
export async function importConversation(
  context: Context,
  text: string,
  sourceName: string,
): Promise<WithProjection<ImportedConversation>> {
  const { importConversation: run } = await import('./ledger/import-conversation.js');
  return published(context, await run(await context.job(), text, sourceName));
}

/**
 * Reads the fields of a record from one JSON object, as text.
 *
 * @throws {@link MavenError} INPUT_INVALID.
 */
export async function readJsonInput<K extends string>(
  text: string,
  fields: Readonly<Record<string, K>>,
): Promise<Partial<Record<K, string>>> {
  const { readJsonInput: run } = await import('./ledger/json-input.js');
  return run(text, fields);
}

/**
 * Fetches the branch of a remote, merges it record by record, and projects what came in.
 *
 * @throws {@link MavenError} REMOTE_AUTH, REMOTE_FAILED, COMMIT_UNSAFE, MERGE_CONFLICT, CONFIG_INVALID, REF_INVALID.
 */
export async function pull(context: Context, options: ExchangeOptions): Promise<WithProjection<PullReport>> {
  const { pullBranch } = await import('./pull-push.js');
  const report = await pullBranch(context, options);
  return { ...report, published: await publish(context) };
}

/**
 * Pushes the branch to a remote; merges what the remote has first, where it must, and projects that. Never forces.
 *
 * @throws {@link MavenError} REMOTE_REJECTED; as {@link pull}.
 */
export async function push(context: Context, options: ExchangeOptions): Promise<WithProjection<PushReport>> {
  const { pushOwnBranch } = await import('./pull-push.js');
  const report = await pushOwnBranch(context, options);
  return { ...report, published: report.pulled === null ? null : await publish(context) };
}

/**
 * Merges two versions of an artifact record by record, for git's merge driver.
 *
 * @returns the merged text, and what contradicts itself.
 * @throws {@link MavenError} INPUT_INVALID when the path is of a kind that only a person can merge.
 */
export async function mergeArtifact(
  artifactPath: string,
  base: string,
  ours: string,
  theirs: string,
): Promise<{ readonly text: string; readonly conflicts: readonly string[] }> {
  const { mergeArtifact: run } = await import('./merge-artifact.js');
  return run(artifactPath, base, ours, theirs);
}

/** Makes a folder with a `.moha` folder a repository with one commit; for scratch copies only. */
export async function makeExampleRepository(folder: string): Promise<void> {
  const { makeExampleRepository: run } = await import('./example-repository.js');
  return run(folder, new Date());
}

/** Rehearses a database wipe on the repository in a folder, in a scratch database. */
export async function drill(folder: string, options: DrillOptions = {}): Promise<DrillReport> {
  const { drill: run } = await import('./drill.js');
  return run(folder, options);
}

/**
 * Rehearses the loss of everything but git: a fresh clone, a database that never was, every row compared with the live
 * one; the outcome becomes an event in the session log.
 *
 * @throws {@link MavenError} PROJECTION_UNPROVEN when the two differ.
 */
export async function recoveryDrill(context: Context): Promise<WithProjection<RecoveryDrill>> {
  const { recoveryDrill: run } = await import('./recovery-drill.js');
  const outcome = await run(context);
  return { ...outcome, published: await publish(context) };
}

/** Rehearses the feeds (trades, snapshots) in a temporary repository, without any server or account. */
export async function rehearseFeeds(options: RehearsalOptions): Promise<void> {
  const { rehearseFeeds: run } = await import('./rehearsal.js');
  return run(options);
}

/** A time chooses among HEAD's snapshots, a revision chooses what is asked, as of when it was committed. */
async function snapshotsAt<O extends { readonly at?: string }>(
  context: Context,
  options: O,
): Promise<{ readonly moment: AskedRevision; readonly options: O; readonly now: Date }> {
  const { AT_HEAD, isQuestionTime } = await import('./projection/questions/asked-moment.js');
  const { at, ...others } = options;
  if (at === undefined || isQuestionTime(at)) return { moment: AT_HEAD, options, now: context.clock() };
  const moment = await momentOf(context, options);
  return { moment, options: others as O, now: new Date(moment.askedAt) };
}

async function momentOf(context: Context, { at }: { readonly at?: string }): Promise<AskedMoment> {
  const { askedMoment } = await import('./projection/questions/asked-moment.js');
  return askedMoment(context.repository, at, context.clock());
}

async function published<T extends { readonly commit: unknown }>(
  context: Context,
  result: T,
): Promise<WithProjection<T>> {
  return { ...result, published: result.commit === null ? null : await publish(context) };
}
