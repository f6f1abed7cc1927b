import yargs, { type Argv } from 'yargs';
import { type Context, createLogger, MavenError, openContext } from '../index.js';
import type { Arguments, CommandEntry, CommandRuntime, GlobalOptions } from './command.js';
import { helpWidth } from './help-width.js';
import type { CliIo } from './io.js';
import { type OptionKinds, optionFault } from './option-fault.js';
import { jsonDocument } from './output/json-document.js';
import { createProgress, type ProgressDisplay } from './output/progress.js';
import { safeText } from './output/safe-text.js';
import { createStyle } from './output/style.js';
import { COMMANDS } from './registry.js';

const COULD_NOT_CHECK = 2;
/** Of yargs, in our words. */
const MESSAGES = {
  'Invalid values:': ' ',
  'Argument: %s, Given: %s, Choices: %s': '--%s: got %s, expected one of %s',
  'Arguments %s and %s are mutually exclusive': '--%s and --%s exclude each other',
};
/** Of whoever gave an option. */
const MISTAKES: ReadonlySet<string> = new Set(['INPUT_INVALID', 'USAGE']);

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
    .parserConfiguration({ 'camel-case-expansion': false, 'parse-numbers': false })
    .option('repo', {
      type: 'string',
      default: io.cwd,
      defaultDescription: 'around this folder',
      describe: 'any folder of the repository',
    })
    .option('json', {
      type: 'boolean',
      default: false,
      describe: 'machine output, stable: one document; with --loop one a line (NDJSON)',
    })
    .option('quiet', { type: 'boolean', default: false, describe: 'say only what went wrong' })
    .option('verbose', { type: 'boolean', default: false, describe: 'say more' })
    .example('$0 init', 'start a memory in this repository')
    .example('$0 record decision --type buy --asset BTC --confidence 82 --action "..." --reasoning "..."', '')
    .example('$0 reconcile && $0 verify', 'bring Postgres to HEAD, and check every row')
    .completion('completion', 'print the script for shell completion: maven-git completion >> ~/.bashrc')
    .version('version', 'show the version', version)
    .help('help', 'show this help')
    .alias('help', 'h')
    .updateStrings(MESSAGES)
    .strict()
    .recommendCommands()
    .check((args, options) => {
      const fault = optionFault(args, argv, options as unknown as OptionKinds);
      if (fault !== null) throw usage(fault, argv);
      return true;
    })
    .demandCommand(1, 'name a command')
    .wrap(helpWidth(io.stdout.columns))
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
    if (!(outcome instanceof Chosen)) return reportError(asUsage(outcome, argv), argv, io);
    return await runCommand(outcome.entry, outcome.args, io).catch((error) => reportError(error, argv, io));
  }
}

/** An option without the value that it must have is thrown past the handler of wrong usage. */
function asUsage(error: unknown, argv: readonly string[]): unknown {
  return error instanceof Error && error.name === 'YError' ? usage(error.message, argv) : error;
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
      clearly(() => (global.json ? io.stdout.write(jsonDocument(value, args.loop === true)) : undefined)),
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

/** Points to the help of the command that was meant. */
function usage(message: string, argv: readonly string[]): MavenError {
  const [first] = wordsOf(argv);
  const lost = first !== undefined && !COMMANDS.some(({ command }) => nameOf(command) === first);
  const text = lost ? `unknown command ${JSON.stringify(first)}` : message.replace(/\s+/g, ' ').trim();
  return new MavenError('USAGE', text, { hint: helpHint(argv) });
}

/** As far as the words name a command. */
function helpHint(argv: readonly string[]): string {
  const known: string[] = [];
  let entries: readonly CommandEntry[] = COMMANDS;
  for (const word of wordsOf(argv)) {
    const entry = entries.find(({ command }) => nameOf(command) === word);
    if (entry === undefined) break;
    known.push(word);
    entries = entry.subcommands ?? [];
  }
  return `see ${['maven-git', ...known, '--help'].join(' ')}`;
}

function nameOf(command: string): string | undefined {
  return command.split(' ')[0];
}

/** Says what failed and what to do, in one line; a stack is only for faults of our own. */
function reportError(error: unknown, argv: readonly string[], io: CliIo): number {
  const exitCode = wordsOf(argv)[0] === 'verify' ? COULD_NOT_CHECK : 1;
  const json = argv.includes('--json');
  const report = (told: object): boolean =>
    io.stdout.write(jsonDocument({ error: told }, argv.includes('--loop')));
  if (error instanceof MavenError) {
    const { code, message, data } = error;
    // Below, nobody knows which command passed the option on.
    const hint = MISTAKES.has(code) && 'option' in data && 'expected' in data ? helpHint(argv) : error.hint;
    if (json) report({ code, message, hint, data });
    else io.stderr.write(`maven-git: ${safeText(message)} -- ${safeText(hint)}\n`);
    return exitCode;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (json) {
    const message = error instanceof Error ? error.message : String(error);
    report({ code: 'FAULT', message, hint: 'please report it', data: {} });
  }
  io.stderr.write(`maven-git: a fault of maven-git itself, please report it:\n${text}\n`);
  return exitCode;
}
