import {
  amountText,
  type PnlAnswer,
  type PnlOptions,
  type PnlWindowAnswer,
  pnl,
  type SnapshotPnl,
} from '../../index.js';
import { type Command, type CommandRuntime, textOptions } from '../command.js';
import { percentText, usdText } from '../output/money.js';
import { coveredText, headlines, noticeLines, originLine, unknownLines } from '../output/portfolio-lines.js';
import { safeText } from '../output/safe-text.js';
import { count, renderTable } from '../output/table.js';
import { secondText } from '../output/time-text.js';
import { snapshotOptions } from '../snapshot-options.js';

export const pnlCommand: Command = {
  build: (yargs) =>
    snapshotOptions
      .build(yargs)
      .option('window', {
        choices: ['24h', '7d', '30d', 'all'] as const,
        describe: 'one window, with all that it was counted from; without: all four',
      })
      .example('$0 pnl', 'every window of the newest snapshot')
      .example('$0 pnl --window 7d --json', 'one number with its evidence, for programs')
      .example('$0 pnl --at 2026-01-14', 'as it stood at the end of a day (UTC)'),
  run: async (runtime, args) => {
    const options: PnlOptions = {
      ...snapshotOptions.read(args),
      ...textOptions(args, ['window']),
    };
    const answer = await pnl(await runtime.context(), options);
    runtime.printJson(answer);
    runtime.print((await render(runtime, answer)).join('\n'));
    // "Not known" is an answer, not a failure: `snapshot` is null then.
    return 0;
  },
};

async function render({ style }: CommandRuntime, answer: PnlAnswer): Promise<readonly string[]> {
  const lines = [...noticeLines(style, answer)];
  const { snapshot, newest_complete: complete } = answer;
  if (snapshot === null) return [...lines, ...unknownLines(style, answer)];
  for (const told of complete === null ? [snapshot] : [snapshot, complete]) {
    if (told === complete) lines.push('', style.bold('the newest complete snapshot'));
    lines.push(...headlines(style, answer, told), '');
    const [only] = told.windows;
    if (told.windows.length === 1 && only !== undefined) lines.push(...details(told, only));
    else lines.push(await table(told.windows, style.width));
    lines.push('', originLine(style, answer, told));
  }
  return lines;
}

function table(windows: readonly PnlWindowAnswer[], width: number | null): Promise<string> {
  const right = (title: string) => ({ title, align: 'right' as const });
  const percent = windows.some((window) => window.percent !== null);
  return renderTable(
    [
      { title: 'window' },
      right('P&L USD'),
      ...(percent ? [right('return')] : []),
      { title: 'covered' },
      { title: 'counted from', spare: 2 },
      { ...right('equity then'), spare: 1 },
      right('net flows'),
      ...(windows.some(({ reason }) => reason !== null) ? [{ title: 'why not' }] : []),
    ],
    windows.map((told) => [
      told.window,
      usdText(told.value),
      ...(percent ? [percentText(told.percent)] : []),
      coveredText(told),
      secondText(told.baseline?.as_of ?? null),
      usdText(told.baseline?.total_value_usd ?? null),
      usdText(told.flows_usd),
      safeText(told.reason ?? ''),
    ]),
    width,
  );
}

/** One window: every number it follows from. */
function details(snapshot: SnapshotPnl, told: PnlWindowAnswer): readonly string[] {
  const { baseline } = told;
  const line = (name: string, text: string): string => `  ${name.padEnd(14)}${text}`;
  const value = told.value === null ? `not known: ${safeText(told.reason ?? '')}` : amountText(told.value);
  const lines = [line(`P&L ${told.window}`, value)];
  if (told.percent !== null) lines.push(line('return', `${percentText(told.percent)} (Modified Dietz)`));
  if (told.covered_seconds !== null)
    lines.push(line('covered', `${coveredText(told)} (${count(told.covered_seconds)} s)`));
  lines.push(line('equity', `${amountText(snapshot.total_value_usd)} at ${secondText(snapshot.as_of)}`));
  if (baseline === null) return lines;
  const then =
    baseline.as_of === null
      ? 'not known'
      : `${amountText(baseline.total_value_usd)} at ${secondText(baseline.as_of)}`;
  const flows = told.flows_usd === null ? 'not known' : `${amountText(told.flows_usd)}, no part of the P&L`;
  return [
    ...lines,
    line('equity then', then),
    line('net flows', flows),
    line('counted from', safeText(baseline.artifact)),
  ];
}
