import type { Argv } from 'yargs';
import { type Arguments, textOptions } from './command.js';

/** As of when a question is asked. */
export const atOption = {
  build: (yargs: Argv): Argv =>
    yargs.option('at', {
      type: 'string',
      describe: 'as of a time, a day (UTC), 7d, 24h, 30m ago, or a commit, branch or tag',
    }),
  read: (args: Arguments): { readonly at?: string } => textOptions(args, ['at']),
};
