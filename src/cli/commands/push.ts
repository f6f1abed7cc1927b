import { push } from '../../index.js';
import type { Command } from '../command.js';
import { safeText } from '../output/safe-text.js';
import { describePull, remoteOptions, withRemoteOptions } from './pull.js';

export const pushCommand: Command = {
  build: (yargs) =>
    withRemoteOptions(yargs).example(
      '$0 push',
      'merge what the remote has first, where it must; never forces',
    ),
  run: async (runtime, args) => {
    const { style } = runtime;
    const report = await push(await runtime.context(), remoteOptions(args));
    runtime.printJson(report);
    if (report.pulled !== null) runtime.print(describePull(style, report.pulled));
    const to = `${safeText(report.branch)} of ${safeText(report.remote)}`;
    const done = report.outcome === 'pushed' ? 'pushed' : 'up to date';
    runtime.print(
      `${style.good(done)}  ${report.commit.slice(0, 12)} ${done === 'pushed' ? 'to' : 'is'} ${to}`,
    );
    if (report.published?.status === 'projected') runtime.print(`${style.good('projected')}, proven`);
    return (report.pulled?.lost ?? []).length === 0 ? 0 : 1;
  },
};
