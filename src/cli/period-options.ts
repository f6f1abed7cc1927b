import type { Argv } from 'yargs';
import type { PerformanceOptions } from '../index.js';
import { atOption } from './at-option.js';
import { type Arguments, textOptions } from './command.js';

/** Options of commands that ask about a period. */
export const periodOptions = {
  build: (yargs: Argv): Argv =>
    atOption
      .build(yargs)
      .option('period', {
        choices: ['hour', 'day', 'week', 'month', 'all_time'] as const,
        describe: 'how long a period; the current one unless --label names another',
      })
      .option('label', {
        type: 'string',
        describe: 'which period: 2026-01-14T15, 2026-01-14, 2026-W03, 2026-01',
      }),
  read: (args: Arguments): PerformanceOptions => ({
    ...atOption.read(args),
    ...textOptions(args, ['period', 'label']),
  }),
};
