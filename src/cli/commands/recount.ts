import { groupBy, type RecountChange, type RecountReport, recountSnapshots } from '../../index.js';
import { type Command, switchOption } from '../command.js';
import { describePublished } from '../output/published.js';
import { safeText } from '../output/safe-text.js';
import { count, renderTable, things } from '../output/table.js';

const MOST_CAUSES = 5;

export const recountCommand: Command = {
  build: (yargs) =>
    yargs
      .option('dry-run', { type: 'boolean', describe: 'tell what it would write, write nothing' })
      .example('$0 recount', 'after a deposit that the exchange told late, or a correction of a flow'),
  run: async (runtime, args) => {
    const dryRun = switchOption(args, 'dry-run');
    const report = await recountSnapshots(await runtime.context(), { dryRun });
    runtime.printJson(report);
    for (const line of await described(report, dryRun)) runtime.print(line);
    if (report.commit !== null)
      runtime.print(describePublished(runtime.style, report.commit, report.published));
    return report.unchecked.length > 0 ? 1 : 0;
  },
};

async function described({ snapshots, changes, left, unchecked }: RecountReport, dryRun: boolean) {
  const lines: string[] = [];
  if (changes.length === 0 && left.length === 0 && unchecked.length === 0)
    lines.push('every snapshot follows from snapshots and flows');
  if (changes.length > 0) {
    const would = dryRun ? 'would be written anew' : 'written anew';
    lines.push(`${things(changes.length, 'number')} of ${things(snapshots.length, 'snapshot')} ${would}`);
  }
  const causes = [...groupBy(changes, ({ because }) => because)];
  for (const [because, changed] of causes.slice(0, MOST_CAUSES))
    lines.push('', `${safeText(because)}:`, await changeTable(changed));
  if (causes.length > MOST_CAUSES)
    lines.push('', `and ${things(causes.length - MOST_CAUSES, 'more cause')}; --json tells all`);
  const [first] = left;
  if (first !== undefined)
    lines.push(
      `${things(left.length, 'number')} left as found, the first in ${first.path.split('/').at(-1)}: ${safeText(first.because)}`,
      `  ${first.mend}`,
    );
  for (const { because, mend, snapshots: uncounted } of unchecked)
    lines.push(
      `${things(uncounted.length, 'snapshot')} could not be counted again: ${safeText(because)}`,
      `  ${mend}`,
    );
  return lines;
}

/** One row a column: in how many snapshots it changed, and how in the newest, whose name tells its time. */
function changeTable(changes: readonly RecountChange[]): Promise<string> {
  const right = (title: string) => ({ title, align: 'right' as const });
  const columns = [...groupBy(changes, ({ column }) => column)];
  return renderTable(
    [
      { title: 'number' },
      right('snapshots'),
      { title: 'the newest', spare: 1 },
      right('said'),
      right('follows now'),
    ],
    columns.map(([column, ofColumn]) => {
      const newest = ofColumn.reduce((last, one) => (one.path > last.path ? one : last));
      return [
        column,
        count(ofColumn.length),
        newest.path.split('/').at(-1) ?? newest.path,
        newest.old ?? 'not known',
        newest.new ?? 'not known',
      ];
    }),
  );
}
