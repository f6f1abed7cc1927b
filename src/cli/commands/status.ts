import { type StatusReport, status } from '../../index.js';
import type { Command, CommandRuntime } from '../command.js';
import { age } from '../output/age.js';
import { count, renderTable } from '../output/table.js';

export const statusCommand: Command = {
  build: (yargs) => yargs.example('$0 status --json', 'for programs'),
  run: async (runtime) => {
    const context = await runtime.context();
    const report = await status(context);
    const now = context.clock();
    runtime.printJson({ ...report, drift: 'not checked', now: now.toISOString() });
    runtime.print(await render(runtime, report, now));
    return 0;
  },
};

async function render({ style }: CommandRuntime, report: StatusReport, now: Date): Promise<string> {
  const head = report.head === null ? 'no commit yet' : report.head.commit.slice(0, 12);
  const branch = report.head === null ? '' : ` (${report.head.branch ?? 'detached'})`;
  const lines = [`  HEAD        ${head}${branch}`, `  database    ${report.database}`];
  if (report.projection === null) {
    lines.push(`  projected   ${style.warn('nothing yet')}: run maven-git reconcile`);
    return lines.join('\n');
  }
  const { current, behindBy, revision, rowCounts } = report.projection;
  const behind = behindBy === null ? 'not in this history' : `${count(behindBy)} commits behind`;
  const state = current ? style.good('up to date') : style.warn(`${behind}: run maven-git reconcile`);
  lines.push(`  projected   ${revision.slice(0, 12)}, ${state}`);
  const { errors, warnings } = report.problems;
  const problems = `${count(errors)} errors, ${count(warnings)} warnings in the artifacts`;
  lines.push(`  problems    ${errors > 0 ? style.bad(problems) : problems}`);
  lines.push(`  drift       ${style.dim('not checked: run maven-git verify')}`, '');
  const rows = report.feeds.map(({ feed, newest }) => [
    feed,
    newest === null ? 'none' : `${newest.slice(0, 19)}Z`,
    newest === null ? '' : `${age(newest, now)} ago`,
  ]);
  lines.push(
    await renderTable([{ title: 'feed' }, { title: 'newest' }, { title: 'age', align: 'right' }], rows),
    '',
  );
  const tables = Object.entries(rowCounts).map(([table, rowCount]) => [table, count(rowCount)]);
  lines.push(await renderTable([{ title: 'table' }, { title: 'rows', align: 'right' }], tables));
  return lines.join('\n');
}
