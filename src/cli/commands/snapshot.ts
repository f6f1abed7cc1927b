import { claimLoop, runLoop, withSnapshots } from '../../index.js';
import { type Arguments, type Command, type CommandRuntime, switchOption, textOption } from '../command.js';
import { describeSnapshot, snapshotJson, snapshotLogLine } from '../output/snapshot-report.js';
import { untilSignal } from '../until-signal.js';
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
      loop ? runRounds(runtime, args, intervalSeconds, take) : takeOnce(runtime, args, intervalSeconds, take),
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

async function runRounds(
  runtime: CommandRuntime,
  args: Arguments,
  intervalSeconds: number,
  take: Take,
): Promise<number> {
  const context = await runtime.context();
  const signal = untilSignal();
  const logger = context.logger.named('maven.snapshot');
  const claim = await claimLoop(context, 'snapshot');
  try {
    await runLoop({
      intervalSeconds,
      aligned: true,
      signal,
      clock: context.clock,
      // Somebody may take one by hand meanwhile: that is waited for.
      run: async () => {
        try {
          const report = await take({ type: typeOf(args), intervalSeconds, dryRun: false, wait: true });
          runtime.printJson(snapshotJson(report));
          logger.info(snapshotLogLine(report));
        } finally {
          // Also after a failure: the wait for the next try may be long, and others need the embedded database.
          await context.release();
        }
      },
      onFailure: (error, seconds) =>
        logger.error(`${error.message}; ${error.hint}; next try in ${Math.round(seconds)} s`),
    });
  } finally {
    await claim.release();
  }
  logger.info('ended as asked; what was committed stands');
  return 0;
}

function typeOf(args: Arguments): (typeof TYPES)[number] {
  return TYPES.find((type) => type === args.type) ?? 'scheduled';
}
