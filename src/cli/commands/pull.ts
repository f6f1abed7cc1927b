import type { Argv } from 'yargs';
import { type PullReport, pull } from '../../index.js';
import { type Arguments, type Command, textOption } from '../command.js';
import { safeText } from '../output/safe-text.js';
import type { Style } from '../output/style.js';
import { things } from '../output/table.js';
import { wholeNumber } from '../whole-number.js';

export const pullCommand: Command = {
  build: (yargs) => withRemoteOptions(yargs).example('$0 pull', 'fetch, merge record by record, reconcile'),
  run: async (runtime, args) => {
    const report = await pull(await runtime.context(), remoteOptions(args));
    runtime.printJson(report);
    runtime.print(describePull(runtime.style, report));
    if (report.published?.status === 'projected') runtime.print(`${runtime.style.good('projected')}, proven`);
    return report.lost.length === 0 ? 0 : 1;
  },
};

export function withRemoteOptions(yargs: Argv): Argv {
  return yargs
    .option('remote', { type: 'string', describe: "a remote's name; default: that of the branch, or origin" })
    .option('branch', {
      type: 'string',
      describe: 'name of the branch there; default: as configured, or the same',
    })
    .option('timeout', {
      type: 'string',
      default: '120',
      describe: 'longest wait for the remote, in seconds',
    });
}

export function remoteOptions(args: Arguments) {
  return {
    remote: textOption(args, 'remote'),
    branch: textOption(args, 'branch'),
    timeoutSeconds: wholeNumber('--timeout', textOption(args, 'timeout') ?? '', 1, 86_400),
  };
}

export function describePull(style: Style, report: PullReport): string {
  const from = `${safeText(report.branch)} of ${safeText(report.remote)}`;
  if (report.outcome === 'up to date') return `${style.good('up to date')} with ${from}`;
  const commits = things(report.commits, 'commit');
  const [before, after] = [report.before.slice(0, 12), report.after.slice(0, 12)];
  const lost = report.lost.map(
    ({ path, line, lines }) =>
      `\n  ${style.warn(`${safeText(path)}:${line}: ${things(lines, 'ledger line')} that stood here went with what came in`)}`,
  );
  if (lost.length > 0)
    lost.push(`\n  maven-git verify names the commit; git show ${before}:PATH has the lines, to be put back`);
  return `${style.good(report.outcome)}  ${commits} from ${from}: ${before} -> ${after}${lost.join('')}`;
}
