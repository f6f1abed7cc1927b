import { durationText, type StatusReport, status } from '../../index.js';
import { type Command, type CommandRuntime, switchOption } from '../command.js';
import { safeText } from '../output/safe-text.js';
import { count, renderTable, things } from '../output/table.js';
import { secondText } from '../output/time-text.js';

export const statusCommand: Command = {
  build: (yargs) =>
    yargs
      .option('exit-code', {
        type: 'boolean',
        describe: 'exit 1 when somebody should look: behind HEAD, faults, stale feeds, failed jobs',
      })
      .example('$0 status --json', 'for programs')
      .example('$0 status --exit-code --quiet', 'for monitors'),
  run: async (runtime, args) => {
    const context = await runtime.context();
    const report = await status(context);
    runtime.printJson({ ...report, drift: 'not checked', now: context.clock().toISOString() });
    runtime.print(await render(runtime, report));
    return switchOption(args, 'exit-code') && report.alarms.length > 0 ? 1 : 0;
  },
};

async function render(runtime: CommandRuntime, report: StatusReport): Promise<string> {
  const { style } = runtime;
  const line = (name: string, text: string): string => `  ${name.padEnd(12)}${text}`;
  const branch = report.head === null ? '' : ` (${safeText(report.head.branch ?? 'detached')})`;
  const head = report.head === null ? 'no commit yet' : `${report.head.commit.slice(0, 12)}${branch}`;
  const lines = [
    line('HEAD', head),
    line('database', safeText(report.database ?? 'away')),
    line('projected', projectionText(runtime, report)),
  ];
  if (report.problems !== null) {
    const { errors, warnings } = report.problems;
    const problems = `${things(errors, 'error')}, ${things(warnings, 'warning')} in the artifacts`;
    lines.push(line('problems', errors > 0 ? style.bad(problems) : problems));
  }
  lines.push(
    line('drift', style.dim('not checked: run maven-git verify')),
    '',
    await feedTable(runtime, report),
  );
  const rows = Object.entries(report.projection?.rowCounts ?? {}).filter(([, rows]) => rows > 0);
  if (rows.length > 0)
    lines.push('', line('rows', rows.map(([table, rows]) => `${count(rows)} ${nameOf(table)}`).join(', ')));
  for (const { job, loop, state, reason } of report.jobs)
    if (loop !== null)
      lines.push(line(state === 'healthy' ? 'loop' : style.bad('loop'), `${job}: ${reason}`));
  if (report.alarms.length > 0)
    lines.push('', ...report.alarms.map((alarm) => style.warn(`  ! ${safeText(alarm)}`)));
  return lines.join('\n');
}

function projectionText({ style }: CommandRuntime, { projection, away }: StatusReport): string {
  if (away !== null) return style.bad('not known');
  if (projection === null) return `${style.warn('nothing yet')}: run maven-git reconcile`;
  const { current, behindBy, revision } = projection;
  const behind = behindBy === null ? 'not in this history' : `${things(behindBy, 'commit')} behind`;
  const state = current ? style.good('up to date') : style.warn(`${behind}: run maven-git reconcile`);
  return `${revision.slice(0, 12)}, ${state}`;
}

function feedTable({ style }: CommandRuntime, { feeds }: StatusReport): Promise<string> {
  const { good, warn, dim } = style;
  const paint = { fresh: good, stale: warn, ahead: warn, 'not used': dim, unknown: dim };
  return renderTable(
    [
      { title: 'feed' },
      { title: 'last' },
      { title: 'age', align: 'right' },
      { title: 'due every', align: 'right' },
      { title: 'state' },
    ],
    feeds.map(({ feed, at, ageSeconds, intervalSeconds, state }) => [
      feed,
      secondText(at),
      ageSeconds === null ? '-' : durationText(ageSeconds),
      durationText(intervalSeconds),
      paint[state](state),
    ]),
  );
}

/** `maven_portfolio_snapshots` as `portfolio snapshots`. */
function nameOf(table: string): string {
  return table.replace(/^maven_/, '').replaceAll('_', ' ');
}
