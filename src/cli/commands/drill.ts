import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type DrillReport,
  drill,
  MavenError,
  makeExampleRepository,
  packageRoot,
  type RehearsalStep,
  recoveryDrill,
  rehearseFeeds,
} from '../../index.js';
import { type Arguments, type Command, type CommandRuntime, switchOption } from '../command.js';
import { createProgress } from '../output/progress.js';
import { safeText } from '../output/safe-text.js';
import { count, things } from '../output/table.js';

/** The realistic history that is shipped with the program. */
function examplePath(): string {
  return path.join(packageRoot(), 'fixtures', 'history', '.moha');
}

/** A `bot_trades` table as MoHa has it, shipped with the program. */
function upstreamPath(): string {
  return path.join(packageRoot(), 'fixtures', 'upstream', 'bot_trades.sql');
}

export const drillCommand: Command = {
  build: (yargs) =>
    yargs
      .positional('folders', {
        array: true,
        type: 'string',
        describe: 'repositories; none: this one and the example',
      })
      .option('record', {
        type: 'boolean',
        describe:
          'this repository alone: a fresh clone, compared with the live database; the outcome becomes an event',
      })
      .example('$0 drill --record', 'how long a recovery takes, and that every row comes back')
      .example('$0 drill', 'this repository, then the example history')
      .example('$0 drill ../moha-maven', 'another one; its git is not touched'),
  run: async (runtime, args) => {
    const named = foldersOf(args);
    if (switchOption(args, 'record')) {
      if (named.length === 0) return recover(runtime);
      throw new MavenError('USAGE', '--record is about this repository: name no folder', {
        hint: 'maven-git drill --record --repo FOLDER',
      });
    }
    const reports: DrillReport[] = [];
    for (const folder of named.length > 0 ? named : [runtime.global.repo]) {
      reports.push(await rehearse(runtime, folder, path.resolve(runtime.io.cwd, folder)));
    }
    const feeds: RehearsalStep[] = [];
    if (named.length === 0) {
      reports.push(await rehearseExample(runtime));
      reports.push(...(await rehearseWithFeeds(runtime, feeds)));
    }
    runtime.printJson({ drills: reports, feeds });
    const rows = reports.reduce((sum, report) => sum + report.rows, 0);
    runtime.print(
      runtime.style.good(`\nrecovered: ${count(rows)} rows wiped and back, byte for byte, with the same ids`),
    );
    return 0;
  },
};

async function recover(runtime: CommandRuntime): Promise<number> {
  const outcome = await recoveryDrill(await runtime.context());
  runtime.printJson(outcome);
  const { revision, rows, sha256, cloneSeconds, recoverSeconds, recorded } = outcome;
  const line = (name: string, text: string): string => `  ${name.padEnd(12)}${text}`;
  runtime.print(
    [
      line('clone', `${revision.slice(0, 12)} in ${cloneSeconds.toFixed(2)} s`),
      line('recovered', `${things(rows, 'row')} in ${recoverSeconds.toFixed(2)} s`),
      line('compared', `each as in the live database (sha256 ${sha256.slice(0, 16)})`),
      line('recorded', safeText(recorded.path)),
    ].join('\n'),
  );
  return 0;
}

function foldersOf(args: Arguments): readonly string[] {
  return Array.isArray(args.folders) ? args.folders.map(String) : [];
}

async function rehearseExample(runtime: CommandRuntime): Promise<DrillReport> {
  const folder = await mkdtemp(path.join(tmpdir(), 'maven-example-'));
  try {
    await cp(examplePath(), path.join(folder, '.moha'), { recursive: true });
    await makeExampleRepository(folder);
    return await rehearse(runtime, 'the example history, in a temporary repository', folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Trades and snapshots come in, and what they make is wiped and recovered like anything else. */
async function rehearseWithFeeds(
  runtime: CommandRuntime,
  feeds: RehearsalStep[],
): Promise<readonly DrillReport[]> {
  const reports: DrillReport[] = [];
  runtime.print(
    `\n${runtime.style.bold('feeds: a demonstration upstream, and a stand-in for the exchange')}`,
  );
  await rehearseFeeds({
    memory: examplePath(),
    upstream: upstreamPath(),
    onStep: (step) => {
      feeds.push(step);
      runtime.print(stepLine(step.name, step.seconds, step.detail));
    },
    afterwards: async (folder) => {
      reports.push(await rehearse(runtime, 'what the feeds have made', folder));
    },
  });
  return reports;
}

function stepLine(name: string, seconds: number, detail: string): string {
  return `  ${name.padEnd(9)} ${`${seconds.toFixed(2)} s`.padStart(8)}  ${safeText(detail)}`;
}

async function rehearse(runtime: CommandRuntime, name: string, folder: string): Promise<DrillReport> {
  const { style } = runtime;
  runtime.print(`\n${style.bold(safeText(name))}`);
  const display = await createProgress(runtime.io, runtime.global.json || runtime.global.quiet);
  try {
    return await drill(folder, {
      progress: display.report,
      onStep: ({ name: step, detail, seconds }) => {
        display.stop();
        runtime.print(stepLine(step, seconds, detail));
      },
    });
  } finally {
    display.stop();
  }
}
