import { withSnapshots } from '../../index.js';
import { type Arguments, type Command, type CommandRuntime, switchOption, textOption } from '../command.js';
import { describeSnapshot, snapshotJson, snapshotLogLine } from '../output/snapshot-report.js';
import { runRounds } from '../run-rounds.js';
import { wholeNumber } from '../whole-number.js';

type Take = Parameters<Parameters<typeof withSnapshots>[1]>[0];

const TYPES = ['scheduled', 'decision', 'manual', 'milestone'] as const;
const DEFAULT_INTERVAL_SECONDS = 3600;
const LONGEST_INTERVAL_SECONDS = 86_400;

export const snapshotCommand: Command = {
  build: (yargs) =>
    yargs
      .option('type', {
        choices: TYPES,
        default: 'scheduled' as const,
        describe: 'scheduled: one a slot of the interval, a second run does nothing; the others always write',
      })
      .option('dry-run', { type: 'boolean', describe: 'print the snapshot it would write, write nothing' })
      .option('loop', {
        type: 'boolean',
        describe: 'again and again until ended (SIGTERM), at the full interval',
      })
      .option('interval', {
        type: 'string',
        default: String(DEFAULT_INTERVAL_SECONDS),
        describe: 'seconds of a slot of scheduled snapshots, and between rounds of --loop; in UTC',
      })
      .conflicts('dry-run', 'loop')
      .example('$0 snapshot', 'the account as it is now, once an hour; needs HYPERLIQUID_ADDRESS')
      .example('$0 snapshot --type decision', 'at a moment that matters, whatever the hour has')
      .example('$0 snapshot --loop --interval 3600', 'as a service: one at a time in a repository'),
  run: async (runtime, args) => {
    const intervalSeconds = wholeNumber(
      '--interval',
      textOption(args, 'interval'),
      1,
      LONGEST_INTERVAL_SECONDS,
    );
    const context = await runtime.context();
    const loop = switchOption(args, 'loop');
    return withSnapshots(context, (take) =>
      loop
        ? takeInRounds(runtime, args, intervalSeconds, take)
        : takeOnce(runtime, args, intervalSeconds, take),
    );
  },
};

async function takeOnce(
  runtime: CommandRuntime,
  args: Arguments,
  intervalSeconds: number,
  take: Take,
): Promise<number> {
  const dryRun = switchOption(args, 'dry-run');
  const report = await take({ type: typeOf(args), intervalSeconds, dryRun, wait: true });
  runtime.printJson(snapshotJson(report));
  if (report.outcome === 'dry_run') runtime.print(report.text.trimEnd());
  runtime.print(await describeSnapshot(runtime.style, report));
  return 0;
}

async function takeInRounds(
  runtime: CommandRuntime,
  args: Arguments,
  intervalSeconds: number,
  take: Take,
): Promise<number> {
  const context = await runtime.context();
  const logger = context.logger.named('maven.snapshot');
  return runRounds(context, {
    job: 'snapshot',
    logger,
    intervalSeconds,
    aligned: true,
    run: async () => {
      const report = await take({ type: typeOf(args), intervalSeconds, dryRun: false, wait: true });
      runtime.printJson(snapshotJson(report));
      logger.info(snapshotLogLine(report));
    },
  });
}

function typeOf(args: Arguments): (typeof TYPES)[number] {
  return TYPES.find((type) => type === args.type) ?? 'scheduled';
}
