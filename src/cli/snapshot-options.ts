import type { Argv } from 'yargs';
import type { PortfolioOptions } from '../index.js';
import { type Arguments, textOption, textOptions } from './command.js';
import { wholeNumber } from './whole-number.js';

/** The options of commands that tell of one account by its snapshots. */
export const accountOptions = {
  build: (yargs: Argv): Argv =>
    yargs
      .option('account', {
        type: 'string',
        describe: 'the address; needed where several accounts have snapshots',
      })
      .option('interval', {
        type: 'string',
        default: '3600',
        describe: 'seconds between snapshots, as they are taken; older than twice that is stale',
      }),
  read: (args: Arguments): Omit<PortfolioOptions, 'at'> => ({
    ...textOptions(args, ['account']),
    intervalSeconds: wholeNumber('--interval', textOption(args, 'interval'), 1, 31_622_400),
  }),
};

/** The options of commands that ask for a snapshot. */
export const snapshotOptions = {
  build: (yargs: Argv): Argv =>
    accountOptions.build(
      yargs.option('at', {
        type: 'string',
        describe:
          'the latest snapshot at or before a time, a day (UTC), or 7d, 24h, 30m ago; or the newest of a commit, branch or tag',
      }),
    ),
  read: (args: Arguments): PortfolioOptions => ({
    ...textOptions(args, ['at']),
    ...accountOptions.read(args),
  }),
};
