import { type Context, type MetricsReport, writeMetrics } from '../../index.js';
import { type Arguments, type Command, type CommandRuntime, switchOption, textOption } from '../command.js';
import { metricsRounds } from '../metrics-rounds.js';
import { describeMetrics, metricsLogLine } from '../output/metrics-report.js';
import { runRounds } from '../run-rounds.js';

type Period = MetricsReport['written'][number]['period'];

const PERIODS: readonly Period[] = ['hour', 'day', 'week', 'month', 'all_time'];

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

async function writeInRounds(
  runtime: CommandRuntime,
  context: Context,
  period: Period | null,
): Promise<number> {
  const logger = context.logger.named('maven.metrics');
  const rounds = metricsRounds(period);
  return runRounds(context, {
    job: 'metrics',
    logger,
    intervalSeconds: rounds.intervalSeconds,
    aligned: true,
    run: async () => {
      const begun = context.clock();
      const due = rounds.due(begun);
      const report = await writeMetrics(context, { period: due, all: true, dryRun: false, wait: true });
      rounds.served(begun);
      runtime.printJson(report);
      logger.info(metricsLogLine(report));
    },
  });
}
