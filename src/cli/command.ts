import type { Argv } from 'yargs';
import type { Context } from '../index.js';
import type { CliIo } from './io.js';
import type { Style } from './output/style.js';

/** The options that every command has. */
export interface GlobalOptions {
  readonly repo: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** What a command works with. */
export interface CommandRuntime {
  readonly io: CliIo;
  readonly global: GlobalOptions;
  readonly style: Style;
  /** Opens the repository; closed by the program when the command ends. */
  context(): Promise<Context>;
  /** Prints text for people; nothing with `--quiet` or `--json`. */
  print(text: string): void;
  /** Prints the one JSON document of `--json`; nothing without it. */
  printJson(value: unknown): void;
}

/** Arguments of a command as yargs parsed them, each checked by the command's own builder. */
export type Arguments = Readonly<Record<string, unknown>>;

/** A command: its options, and what it does. In a file of its own, loaded when it is called. */
export interface Command {
  readonly build: (yargs: Argv) => Argv;
  /** @returns the exit code. */
  readonly run: (runtime: CommandRuntime, args: Arguments) => Promise<number>;
}

/** What the program knows of a command without loading it. */
export interface CommandEntry {
  /** As yargs takes it: name and positional arguments. */
  readonly command: string;
  readonly describe: string | false;
  readonly load?: () => Promise<Command>;
  readonly subcommands?: readonly CommandEntry[];
}

/** An option's text, or undefined where it was not given. */
export function textOption(args: Arguments, name: string): string | undefined {
  const value = args[name];
  return typeof value === 'string' ? value : undefined;
}

/** Of these options, the ones that were given. */
export function textOptions<Name extends string>(
  args: Arguments,
  names: readonly Name[],
): { readonly [K in Name]?: string } {
  const given = names.flatMap((name) => {
    const text = textOption(args, name);
    return text === undefined ? [] : [[name, text] as const];
  });
  return Object.fromEntries(given) as { readonly [K in Name]?: string };
}

export function switchOption(args: Arguments, name: string): boolean {
  return args[name] === true;
}
