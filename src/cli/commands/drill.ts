import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type DrillReport,
  drill,
  makeExampleRepository,
  rehearseSync,
  type SyncRehearsalStep,
} from '../../index.js';
import type { Arguments, Command, CommandRuntime } from '../command.js';
import { roundMoney } from '../output/money.js';
import { createProgress } from '../output/progress.js';
import { safeText } from '../output/safe-text.js';
import { count } from '../output/table.js';
import { packageRoot } from '../package-root.js';

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
      .example('$0 drill', 'this repository, then the example history')
      .example('$0 drill ../moha-maven', 'another one; its git is not touched'),
  run: async (runtime, args) => {
    const named = foldersOf(args);
    const reports: DrillReport[] = [];
    for (const folder of named.length > 0 ? named : [runtime.global.repo]) {
      reports.push(await rehearse(runtime, folder, path.resolve(runtime.io.cwd, folder)));
    }
    const syncs: SyncRehearsalStep[] = [];
    if (named.length === 0) {
      reports.push(await rehearseExample(runtime));
      reports.push(...(await rehearseUpstream(runtime, syncs)));
    }
    runtime.printJson({ drills: reports, syncs });
    const rows = reports.reduce((sum, report) => sum + report.rows, 0);
    runtime.print(
      runtime.style.good(`\nrecovered: ${count(rows)} rows wiped and back, byte for byte, with the same ids`),
    );
    return 0;
  },
};

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

/** Trades come in from an upstream, and the ledger that they make is wiped and recovered like any other. */
async function rehearseUpstream(
  runtime: CommandRuntime,
  syncs: SyncRehearsalStep[],
): Promise<readonly DrillReport[]> {
  const reports: DrillReport[] = [];
  runtime.print(`\n${runtime.style.bold('trades synced from a demonstration upstream')}`);
  await rehearseSync({
    memory: examplePath(),
    script: upstreamPath(),
    onStep: (step) => {
      syncs.push(step);
      runtime.print(stepLine(step.name, step.seconds, describeStep(step)));
    },
    then: async (folder) => {
      reports.push(await rehearse(runtime, 'the ledger that the sync has made', folder));
    },
  });
  return reports;
}

function describeStep({ report }: SyncRehearsalStep): string {
  if (report.commits === 0) return 'nothing new upstream: no commit';
  const { read, new: fresh, closed, revised, linked } = report;
  const net = `net P&L ${roundMoney(report.pnl.netUsd)} USD`;
  const what = [
    `${count(fresh)} new`,
    `${closed} closed`,
    `${revised} revised`,
    `${linked} linked to a decision`,
  ].filter((text) => !text.startsWith('0 '));
  return `${count(read)} rows of bot_trades: ${what.join(', ')}; ${net}`;
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
