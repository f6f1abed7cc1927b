import yargs, { type Argv } from 'yargs';
import { type Context, createLogger, MavenError, openContext } from '../index.js';
import type { Arguments, CommandEntry, CommandRuntime, GlobalOptions } from './command.js';
import type { CliIo } from './io.js';
import { createProgress, type ProgressDisplay } from './output/progress.js';
import { safeText } from './output/safe-text.js';
import { createStyle } from './output/style.js';
import { COMMANDS } from './registry.js';

const COULD_NOT_CHECK = 2;

/**
 * Runs the command line.
 *
 * @param argv - without the names of node and of the script.
 * @returns the exit code: 0 success, 1 error or findings, 2 when verify could not check.
 */
export async function runCli(argv: readonly string[], io: CliIo, version: string): Promise<number> {
  const parser = yargs([...argv])
    .scriptName('maven-git')
    .usage(
      '$0 <command>\n\nGit is the database: trading decisions, ledger and snapshots in git; Postgres a verified view.',
    )
    .parserConfiguration({
      'duplicate-arguments-array': false,
      'camel-case-expansion': false,
      'parse-numbers': false,
    })
    .option('repo', {
      type: 'string',
      default: io.cwd,
      defaultDescription: 'around this folder',
      describe: 'any folder of the repository',
    })
    .option('json', { type: 'boolean', default: false, describe: 'machine output, stable' })
    .option('quiet', { type: 'boolean', default: false, describe: 'say only what went wrong' })
    .option('verbose', { type: 'boolean', default: false, describe: 'say more' })
    .example('$0 init', 'start a memory in this repository')
    .example('$0 record decision --type buy --asset BTC --confidence 82 --action "..." --reasoning "..."', '')
    .example('$0 reconcile && $0 verify', 'bring Postgres to HEAD, and check every row')
    .completion('completion', 'print the script for shell completion: maven-git completion >> ~/.bashrc')
    .version(version)
    .help()
    .alias('help', 'h')
    .strict()
    .recommendCommands()
    .demandCommand(1, 'name a command')
    .wrap(Math.min(110, io.stdout.columns ?? 100))
    .exitProcess(false)
    .fail((message, error) => {
      if (error instanceof MavenError || (error as unknown) instanceof Chosen) throw error;
      if (error !== undefined && error !== null && error.name !== 'YError') throw error;
      throw usage(message ?? error?.message ?? 'wrong usage', argv);
    });
  register(parser, COMMANDS, (entry) => (args) => {
    throw new Chosen(entry, args);
  });
  try {
    await parser.parseAsync();
    return 0;
  } catch (outcome) {
    if (!(outcome instanceof Chosen)) return reportError(outcome, argv, io);
    return await runCommand(outcome.entry, outcome.args, io).catch((error) => reportError(error, argv, io));
  }
}

/** Leaves yargs with the command it found: after a handler that returns, it lays out the help text, shown or not. */
class Chosen {
  constructor(
    readonly entry: CommandEntry,
    readonly args: Arguments,
  ) {}
}

function register(
  parser: Argv,
  entries: readonly CommandEntry[],
  handlerOf: (entry: CommandEntry) => (args: Arguments) => void,
): void {
  for (const entry of entries) {
    const { command, describe, load, subcommands } = entry;
    parser.command({
      command,
      describe,
      builder: async (inner: Argv) => {
        if (subcommands !== undefined) {
          register(inner, subcommands, handlerOf);
          return inner.demandCommand(1, `name what to ${command}`);
        }
        return load === undefined ? inner : (await load()).build(inner);
      },
      handler: load === undefined ? () => undefined : handlerOf(entry),
    } as never);
  }
}

async function runCommand(entry: CommandEntry, args: Arguments, io: CliIo): Promise<number> {
  if (entry.load === undefined) return 0;
  const command = await entry.load();
  const global: GlobalOptions = {
    repo: String(args.repo),
    json: args.json === true,
    quiet: args.quiet === true,
    verbose: args.verbose === true,
  };
  let context: Context | null = null;
  let display: ProgressDisplay | null = null;
  const clearly = (write: () => void): void => {
    display?.stop();
    write();
  };
  const runtime: CommandRuntime = {
    io,
    global,
    style: createStyle(io),
    context: async () => {
      display ??= await createProgress(io, global.json || global.quiet);
      context ??= await openContext({
        repo: global.repo,
        env: io.env,
        logger: loggerOf(io, global, args),
        progress: display.report,
      });
      return context;
    },
    print: (text) => clearly(() => (global.json || global.quiet ? undefined : io.stdout.write(`${text}\n`))),
    printJson: (value) =>
      clearly(() => (global.json ? io.stdout.write(`${JSON.stringify(value, null, 2)}\n`) : undefined)),
  };
  try {
    return await command.run(runtime, args);
  } finally {
    (display as ProgressDisplay | null)?.stop();
    await (context as Context | null)?.close();
  }
}

function loggerOf(io: CliIo, global: GlobalOptions, args: Arguments) {
  const level = global.quiet ? 'WARNING' : global.verbose ? 'DEBUG' : 'INFO';
  // Whatever a program reads from stdout must hold nothing else.
  const stream =
    global.json || (typeof args.format === 'string' && args.format !== 'text') ? io.stderr : io.stdout;
  return createLogger({ name: 'maven', level, clock: () => new Date(), write: (line) => stream.write(line) });
}

/** The words of a command line that are neither options nor the value of the one global option that takes any. */
function wordsOf(argv: readonly string[]): readonly string[] {
  return argv.filter((word, i) => !word.startsWith('-') && argv[i - 1] !== '--repo');
}

/** Points to the help of the command that was meant, as far as the words are known. */
function usage(message: string, argv: readonly string[]): MavenError {
  const words = wordsOf(argv);
  const known: string[] = [];
  let entries: readonly CommandEntry[] = COMMANDS;
  for (const word of words) {
    const entry = entries.find(({ command }) => command.split(' ')[0] === word);
    if (entry === undefined) break;
    known.push(word);
    entries = entry.subcommands ?? [];
  }
  const lost = known.length === 0 && words[0] !== undefined;
  const text = lost ? `unknown command ${JSON.stringify(words[0])}` : message.replace(/\s+/g, ' ').trim();
  return new MavenError('USAGE', text, { hint: `see ${['maven-git', ...known, '--help'].join(' ')}` });
}

/** Says what failed and what to do, in one line; a stack is only for faults of our own. */
function reportError(error: unknown, argv: readonly string[], io: CliIo): number {
  const exitCode = wordsOf(argv)[0] === 'verify' ? COULD_NOT_CHECK : 1;
  if (error instanceof MavenError) {
    const { code, message, hint, data } = error;
    if (argv.includes('--json'))
      io.stdout.write(`${JSON.stringify({ error: { code, message, hint, data } }, null, 2)}\n`);
    else io.stderr.write(`maven-git: ${safeText(message)} -- ${safeText(hint)}\n`);
    return exitCode;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (argv.includes('--json')) {
    const message = error instanceof Error ? error.message : String(error);
    io.stdout.write(
      `${JSON.stringify({ error: { code: 'FAULT', message, hint: 'please report it', data: {} } }, null, 2)}\n`,
    );
  }
  io.stderr.write(`maven-git: a fault of maven-git itself, please report it:\n${text}\n`);
  return exitCode;
}
