import { type RecountReport, recountSnapshots } from '../../index.js';
import { type Command, switchOption } from '../command.js';
import { describePublished } from '../output/published.js';
import { safeText } from '../output/safe-text.js';
import { things } from '../output/table.js';

const MOST_SHOWN = 20;

export const recountCommand: Command = {
  build: (yargs) =>
    yargs
      .option('dry-run', { type: 'boolean', describe: 'tell what it would write, write nothing' })
      .example('$0 recount', 'after a deposit that the exchange told late, or a correction of a flow'),
  run: async (runtime, args) => {
    const dryRun = switchOption(args, 'dry-run');
    const report = await recountSnapshots(await runtime.context(), { dryRun });
    runtime.printJson(report);
    for (const line of described(report, dryRun)) runtime.print(line);
    if (report.commit !== null)
      runtime.print(describePublished(runtime.style, report.commit, report.published));
    return report.unchecked.length > 0 ? 1 : 0;
  },
};

function described(
  { snapshots, changes, left, unchecked }: RecountReport,
  dryRun: boolean,
): readonly string[] {
  const lines: string[] = [];
  if (changes.length === 0 && left.length === 0 && unchecked.length === 0)
    lines.push('every snapshot follows from snapshots and flows');
  if (changes.length > 0) {
    const would = dryRun ? 'would be written anew' : 'written anew';
    lines.push(`${things(changes.length, 'number')} of ${things(snapshots.length, 'snapshot')} ${would}`);
  }
  for (const { path, column, old, new: now, because } of changes.slice(0, MOST_SHOWN))
    lines.push(
      `  ${path.split('/').at(-1)} ${column}: ${old ?? 'not known'} -> ${now ?? 'not known'} (${safeText(because)})`,
    );
  if (changes.length > MOST_SHOWN) lines.push(`  and ${changes.length - MOST_SHOWN} more; --json tells all`);
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
