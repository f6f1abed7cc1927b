import { type Context, type MetricsReport, writeMetrics } from '../../index.js';
import { type Arguments, type Command, type CommandRuntime, switchOption, textOption } from '../command.js';
import { describeMetrics, metricsLogLine } from '../output/metrics-report.js';
import { runRounds } from '../run-rounds.js';

type Period = MetricsReport['written'][number]['period'];

const PERIODS: readonly Period[] = ['hour', 'day', 'week', 'month', 'all_time'];
const HOUR_SECONDS = 3600;
const DAY_SECONDS = 86_400;

export const metricsCommand: Command = {
  build: (yargs) =>
    yargs
      .option('period', { choices: PERIODS, describe: 'of this kind alone; without it, one of each' })
      .option('all', {
        type: 'boolean',
        describe: 'every period that has trades and whose file is missing or stale',
      })
      .option('date', {
        type: 'string',
        describe:
          'the period that holds this: 2026-01-14, 2026-W03, 2026-01, 2026-01-14T15, or a time; default now',
      })
      .option('dry-run', { type: 'boolean', describe: 'tell what it would write, write nothing' })
      .option('loop', {
        type: 'boolean',
        describe:
          'every hour the hours, every day the rest, whatever is missing or stale, until ended (SIGTERM)',
      })
      .conflicts('all', ['date', 'period'])
      .conflicts('loop', ['date', 'dry-run', 'all'])
      .example('$0 metrics --all', 'whatever is missing or no longer follows from the ledger')
      .example('$0 metrics --period week --date 2026-W03', 'one period')
      .example('$0 metrics --loop', 'as a service: one at a time in a repository'),
  run: async (runtime, args) => {
    const context = await runtime.context();
    const period = PERIODS.find((one) => one === args.period) ?? null;
    if (switchOption(args, 'loop')) return writeInRounds(runtime, context, period);
    return runOnce(runtime, context, args, period);
  },
};

async function runOnce(
  runtime: CommandRuntime,
  context: Context,
  args: Arguments,
  period: Period | null,
): Promise<number> {
  const report = await writeMetrics(context, {
    period,
    all: switchOption(args, 'all'),
    date: textOption(args, 'date'),
    dryRun: switchOption(args, 'dry-run'),
    wait: true,
  });
  runtime.printJson(report);
  runtime.print(await describeMetrics(runtime.style, report));
  return 0;
}

/** Begins with everything; then hours at the full hour, all else with the first round of a UTC day. */
async function writeInRounds(
  runtime: CommandRuntime,
  context: Context,
  period: Period | null,
): Promise<number> {
  const logger = context.logger.named('maven.metrics');
  let dayDone = '';
  return runRounds(context, {
    job: 'metrics',
    logger,
    intervalSeconds: period === null || period === 'hour' ? HOUR_SECONDS : DAY_SECONDS,
    aligned: true,
    run: async () => {
      const day = context.clock().toISOString().slice(0, 10);
      const kind = period ?? (dayDone === day ? 'hour' : null);
      const report = await writeMetrics(context, { period: kind, all: true, dryRun: false, wait: true });
      dayDone = day;
      runtime.printJson(report);
      logger.info(metricsLogLine(report));
    },
  });
}
