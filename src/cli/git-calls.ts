import { parseArgs } from 'node:util';
import { MavenError } from '../index.js';
import type { CliIo } from './io.js';
import { safeText } from './output/safe-text.js';

/** What git itself starts, from hooks and as a merge driver: `hook-run WHAT`, `merge-driver BASE OURS THEIRS PATH`. */
const CALLS: Readonly<Record<string, (words: readonly string[], io: CliIo) => Promise<number>>> = {
  'hook-run': async ([what = '', ...rest], io) => {
    const { hookRun } = await import('./commands/hook-run.js');
    const { values } = parseArgs({
      args: rest,
      options: {
        repo: { type: 'string' },
        remote: { type: 'string' },
        'env-file': { type: 'string' },
        'expects-server': { type: 'boolean' },
      },
    });
    return hookRun(io, {
      what,
      repo: values.repo ?? io.cwd,
      remote: values.remote ?? '',
      envFile: values['env-file'] ?? null,
      expectsServer: values['expects-server'] === true,
    });
  },
  'merge-driver': async ([base = '', ours = '', theirs = '', path = ''], io) => {
    const { mergeDriver } = await import('./commands/merge-driver.js');
    return mergeDriver(io, { base, ours, theirs, path });
  },
};

/** Whether these arguments are for {@link runGitCall}. */
export function isGitCall(argv: readonly string[]): boolean {
  return Object.hasOwn(CALLS, argv[0] ?? '');
}

/**
 * Serves a call of git, which waits for each: without the parser of the command line, whose loading takes as long as node's
 * own start.
 *
 * @returns the exit code; 1 where it could not do its part.
 */
export async function runGitCall(argv: readonly string[], io: CliIo): Promise<number> {
  const [name = '', ...words] = argv;
  try {
    return (await CALLS[name]?.(words, io)) ?? 1;
  } catch (error) {
    const text =
      error instanceof MavenError
        ? `${error.message} -- ${error.hint}`
        : error instanceof Error
          ? (error.stack ?? error.message)
          : String(error);
    io.stderr.write(`maven-git: ${safeText(text)}\n`);
    return 1;
  }
}
