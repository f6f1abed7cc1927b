import { type Context, type SyncReport, syncTrades } from '../../index.js';
import { type Arguments, type Command, type CommandRuntime, switchOption, textOption } from '../command.js';
import { describeSync, syncLogLine } from '../output/sync-report.js';
import { runRounds } from '../run-rounds.js';
import { wholeNumber } from '../whole-number.js';

const DEFAULT_INTERVAL_SECONDS = 300;
const DEFAULT_LINK_MINUTES = 60;
/** A dry run's document stays readable; the counts in it are of all lines. */
const MOST_LINES_IN_JSON = 1000;

export const syncTradesCommand: Command = {
  build: (yargs) =>
    yargs
      .option('mode', {
        choices: ['new', 'full'] as const,
        default: 'new' as const,
        describe: 'new: what changed since the last run; full: compare every row',
      })
      .option('dry-run', { type: 'boolean', describe: 'print the lines it would append, write nothing' })
      .option('loop', { type: 'boolean', describe: 'again and again until ended (SIGTERM)' })
      .option('interval', {
        type: 'string',
        default: String(DEFAULT_INTERVAL_SECONDS),
        describe: 'seconds between rounds of --loop',
      })
      .option('link-window', {
        type: 'string',
        default: String(DEFAULT_LINK_MINUTES),
        describe: 'longest minutes from a decision to the trade that carries it out',
      })
      .option('require-read-only-role', {
        type: 'boolean',
        describe: 'refuse a role that could write to bot_trades',
      })
      .conflicts('dry-run', 'loop')
      .example('$0 sync trades --dry-run', 'what would come in, and the P&L it adds')
      .example('$0 sync trades --loop --interval 300', 'as a service: one at a time in a repository'),
  run: async (runtime, args) => {
    const interval = wholeNumber('--interval', textOption(args, 'interval'), 1, 86_400);
    const context = await runtime.context();
    if (!switchOption(args, 'loop')) return syncOnce(runtime, context, args);
    return syncInRounds(runtime, context, args, interval);
  },
};

async function syncInRounds(
  runtime: CommandRuntime,
  context: Context,
  args: Arguments,
  intervalSeconds: number,
): Promise<number> {
  const logger = context.logger.named('maven.sync');
  return runRounds(context, {
    job: 'sync trades',
    logger,
    intervalSeconds,
    aligned: false,
    run: async () => {
      const report = await sync(context, args, true);
      runtime.printJson(report);
      logger.info(syncLogLine(report));
    },
  });
}

async function syncOnce(runtime: CommandRuntime, context: Context, args: Arguments): Promise<number> {
  const started = performance.now();
  const dryRun = switchOption(args, 'dry-run');
  const lines: unknown[] = [];
  const showLine = (line: string): void => {
    // Amounts are texts in a line, so reading it as JSON rounds nothing.
    if (dryRun && lines.length < MOST_LINES_IN_JSON && runtime.global.json) lines.push(JSON.parse(line));
    if (dryRun) runtime.print(line.trimEnd());
    else context.logger.debug(line.trimEnd());
  };
  const report = await sync(context, args, true, dryRun || runtime.global.verbose ? showLine : undefined);
  const seconds = Number(((performance.now() - started) / 1000).toFixed(3));
  runtime.printJson({ ...report, seconds, ...(dryRun ? { lines } : {}) });
  runtime.print(await describeSync(runtime.style, report, seconds));
  return 0;
}

function sync(
  context: Context,
  args: Arguments,
  wait: boolean,
  onLine?: (line: string) => void,
): ReturnType<typeof syncTrades> {
  const mode: SyncReport['mode'] = args.mode === 'full' ? 'full' : 'new';
  return syncTrades(context, {
    mode,
    dryRun: switchOption(args, 'dry-run'),
    linkWindowMinutes: wholeNumber('--link-window', textOption(args, 'link-window'), 0, 525_600),
    requireReadOnlyRole: switchOption(args, 'require-read-only-role'),
    wait,
    onLine,
  });
}
