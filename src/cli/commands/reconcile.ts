import type { ReconcileReport } from '../../index.js';
import { MavenError, reconcile } from '../../index.js';
import { type Command, type CommandRuntime, switchOption, textOption } from '../command.js';
import { count, renderTable, things } from '../output/table.js';

export const reconcileCommand: Command = {
  build: (yargs) =>
    yargs
      .option('dry-run', { type: 'boolean', describe: 'show what would change, change nothing' })
      .option('rebuild', { type: 'boolean', describe: 'read every artifact, not only what changed' })
      .option('decisions-only', { type: 'boolean', describe: 'only maven_decisions' })
      .option('events-only', { type: 'boolean', describe: 'only maven_memory' })
      .option('at', { type: 'string', describe: 'project that revision into a scratch database and count' })
      .option('force', { type: 'boolean', describe: 'apply what the guards refuse' })
      .conflicts('at', ['dry-run', 'rebuild', 'force', 'decisions-only', 'events-only'])
      .conflicts('decisions-only', 'events-only')
      .example('$0 reconcile', 'the everyday call; costs next to nothing when HEAD is projected already')
      .example('$0 reconcile --dry-run --rebuild', 'every row that differs, without touching it')
      .example('$0 reconcile --at HEAD~20', 'what the tables held twenty commits ago'),
  run: async (runtime, args) => {
    const started = performance.now();
    const revision = textOption(args, 'at');
    if (revision === '')
      throw new MavenError('USAGE', '--at needs a revision', { hint: 'such as --at HEAD~20' });
    const only = onlyTables(switchOption(args, 'decisions-only'), switchOption(args, 'events-only'));
    const report = await reconcile(await runtime.context(), {
      dryRun: switchOption(args, 'dry-run'),
      rebuild: switchOption(args, 'rebuild'),
      force: switchOption(args, 'force'),
      ...(only === null ? {} : { only }),
      ...(revision === undefined ? {} : { revision }),
    });
    const seconds = (performance.now() - started) / 1000;
    runtime.printJson({ ...report, seconds: Number(seconds.toFixed(3)) });
    runtime.print(await render(runtime, report, seconds, revision !== undefined));
    return 0;
  },
};

function onlyTables(
  decisions: boolean,
  events: boolean,
): readonly ('maven_decisions' | 'maven_memory')[] | null {
  if (decisions) return ['maven_decisions'];
  return events ? ['maven_memory'] : null;
}

async function render(
  { style }: CommandRuntime,
  report: ReconcileReport,
  seconds: number,
  scratch: boolean,
): Promise<string> {
  const commit = report.revision.slice(0, 12);
  const time = `${seconds.toFixed(2)} s`;
  if (report.mode === 'unchanged')
    return `${style.good('up to date')}: ${commit} is projected already (${time})`;
  const lines = [heading(report, scratch), await changes(report), ''];
  if (report.dryRun) {
    lines.push(`${style.warn('dry run')}: nothing was changed (${time})`);
    if (report.refusal !== null)
      lines.push(style.bad(`without --force this would be refused: ${report.refusal}`));
  } else {
    lines.push(`${style.good('proven')}: ${proven(report)} (${time})`);
  }
  const { errors, warnings } = report.problems;
  if (errors + warnings > 0) {
    const text = `${things(errors, 'error')} and ${things(warnings, 'warning')} in the artifacts read; maven-git verify shows them`;
    lines.push(errors > 0 ? style.bad(text) : style.warn(text));
  }
  return lines.join('\n');
}

/** Only a full look proves everything; that of an incremental run is verify's to say. */
function proven(report: ReconcileReport): string {
  const commit = report.revision.slice(0, 12);
  const partial = report.diffs.length > 0 && report.diffs.length < Object.keys(report.rowCounts).length;
  if (report.mode === 'full' && !partial) return `the tables hold exactly what ${commit} implies`;
  return `what these artifacts imply at ${commit} is in the tables; maven-git verify checks every row`;
}

function heading(report: ReconcileReport, scratch: boolean): string {
  const commit = report.revision.slice(0, 12);
  const from = report.previousRevision === null ? 'an empty database' : report.previousRevision.slice(0, 12);
  const read = `${things(report.artifactsRead, 'artifact')} read`;
  if (scratch) return `${commit} in a scratch database, ${read}\n`;
  return `${from} -> ${commit}, ${report.mode}, ${read}\n`;
}

async function changes(report: ReconcileReport): Promise<string> {
  const columns = ['inserted', 'updated', 'deleted', 'rows'].map((title) => ({
    title,
    align: 'right' as const,
  }));
  const rows = report.diffs.map((diff) => [
    diff.table,
    count(diff.missing),
    count(diff.changed),
    count(diff.extra),
    count(report.rowCounts[diff.table] ?? 0),
  ]);
  return renderTable([{ title: 'table' }, ...columns], rows);
}
