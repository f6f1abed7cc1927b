import path from 'node:path';
import {
  amountText,
  type EquityOptions,
  type EquitySeries,
  equitySeries,
  MavenError,
  type PortfolioAnswer,
  type PositionAnswer,
  portfolio,
  type SnapshotPortfolio,
} from '../../index.js';
import { type Arguments, type Command, type CommandRuntime, switchOption, textOption } from '../command.js';
import { percentText, usdText } from '../output/money.js';
import { headlines, noticeLines, originLine, unknownLines, windowText } from '../output/portfolio-lines.js';
import { safeText, shortText } from '../output/safe-text.js';
import { renderTable, things } from '../output/table.js';
import { secondText } from '../output/time-text.js';
import { snapshotOptions } from '../snapshot-options.js';
import { writeWholeFile } from '../write-whole-file.js';

const CHART_HEIGHT = 14;
const DEFAULT_WIDTH = 100;
const MOST_WIDTH = 200;

export const portfolioCommand: Command = {
  build: (yargs) =>
    snapshotOptions
      .build(yargs)
      .option('chart', { type: 'boolean', describe: 'draw equity in the terminal' })
      .option('svg', { type: 'string', describe: 'write a chart of equity and P&L to this file' })
      .option('window', {
        choices: ['24h', '7d', '30d', 'all'] as const,
        default: '7d' as const,
        describe: 'how far back a chart goes, from the newest snapshot',
      })
      .example('$0 portfolio', 'value, margin, positions and P&L, as the newest snapshot has them')
      .example('$0 portfolio --chart --window 30d', 'equity of a month, drawn here')
      .example('$0 portfolio --svg equity.svg --window all', 'equity, P&L, deposits and gaps, as a picture'),
  run: async (runtime, args) => {
    const context = await runtime.context();
    const options = snapshotOptions.read(args);
    const [chart, file] = [switchOption(args, 'chart'), textOption(args, 'svg')];
    const answer = await portfolio(context, options);
    const series =
      chart || file !== undefined ? await equitySeries(context, equityOptions(args, answer)) : null;
    const svg = series === null || file === undefined ? null : await writeSvg(runtime, file, series);
    runtime.printJson({
      ...answer,
      ...(series === null ? {} : { equity: series }),
      ...(svg === null ? {} : { svg }),
    });
    const lines = await render(runtime, answer);
    if (series !== null && chart && series.points.length > 0)
      lines.push('', ...(await drawChart(runtime, series)));
    if (svg !== null) lines.push('', `${runtime.style.good('written')} ${safeText(svg)}`);
    runtime.print(lines.join('\n'));
    // "Not known" is an answer, not a failure: `snapshot` is null then.
    return 0;
  },
};

function equityOptions(args: Arguments, { account, feed }: PortfolioAnswer): EquityOptions {
  const { at, intervalSeconds } = snapshotOptions.read(args);
  const window = textOption(args, 'window') ?? '7d';
  return {
    window,
    ...(at === undefined ? {} : { at }),
    ...(intervalSeconds === undefined ? {} : { intervalSeconds }),
    ...(account === null ? {} : { account: `${feed}/${account}` }),
  };
}

/** @returns the path of the file. */
async function writeSvg(runtime: CommandRuntime, file: string, series: EquitySeries): Promise<string> {
  const target = path.resolve(runtime.io.cwd, file);
  if (series.points.length === 0)
    throw new MavenError('RECORD_NOT_FOUND', `nothing to draw: ${series.reason ?? 'no snapshot'}`, {
      hint: series.hint ?? 'choose a longer --window',
    });
  const { svgChart } = await import('../charts/svg-chart.js');
  await writeWholeFile(target, await svgChart(series));
  return target;
}

async function drawChart({ io, style }: CommandRuntime, series: EquitySeries): Promise<readonly string[]> {
  const { terminalChart } = await import('../charts/terminal-chart.js');
  const width = Math.min(MOST_WIDTH, io.stdout.columns ?? DEFAULT_WIDTH);
  const stretch = `${secondText(series.from)} to ${secondText(series.to)}`;
  const marks = [
    ...(series.flows.length > 0 ? ['▲ deposit, ▼ withdrawal'] : []),
    ...(series.gaps > 0
      ? [`${things(series.gaps, 'gap')}: nothing is drawn where snapshots are missing`]
      : []),
  ];
  return [
    `${style.bold('equity, USD')}  ${stretch}`,
    ...terminalChart(series, { width, height: CHART_HEIGHT }),
    ...marks.map((mark) => style.dim(`  ${mark}`)),
  ];
}

async function render({ style }: CommandRuntime, answer: PortfolioAnswer): Promise<string[]> {
  const lines = [...noticeLines(style, answer)];
  const { snapshot, newest_complete: complete } = answer;
  if (snapshot === null) return [...lines, ...unknownLines(style, answer)];
  lines.push(...headlines(style, answer, snapshot), '', ...summary(style.bold, snapshot));
  if (snapshot.positions.length > 0) lines.push('', await positionTable(snapshot.positions, style.width));
  lines.push('', originLine(style, answer, snapshot));
  if (complete !== null)
    lines.push(
      '',
      style.bold('the newest complete snapshot'),
      ...headlines(style, answer, complete),
      '',
      ...summary(style.bold, complete),
      '',
      originLine(style, answer, complete),
    );
  return lines;
}

function summary(bold: (text: string) => string, told: SnapshotPortfolio): readonly string[] {
  const line = (name: string, text: string): string => `  ${name.padEnd(16)}${text}`;
  const used = told.margin_utilization_pct;
  return [
    line('total value', bold(amountText(told.total_value_usd))),
    line('available', amountText(told.available_balance_usd)),
    line(
      'margin used',
      `${amountText(told.margin_used_usd)}${used === null ? '' : `, ${percentText(used)} of the value`}`,
    ),
    line('unrealized P&L', amountText(told.unrealized_pnl_usd)),
    line('positions', told.position_count === 0 ? 'none' : String(told.position_count)),
    ...told.pnl.map((window) => line(`P&L ${window.window}`, windowText(window))),
  ];
}

function positionTable(positions: readonly PositionAnswer[], width: number | null): Promise<string> {
  const right = (title: string) => ({ title, align: 'right' as const });
  return renderTable(
    [
      { title: 'asset' },
      { title: 'side' },
      right('size'),
      { ...right('entry'), spare: 1 },
      right('value USD'),
      right('unrealized USD'),
      { ...right('leverage'), spare: 2 },
      right('liquidation'),
    ],
    positions.map((position) => [
      shortText(position.asset, 24),
      position.side,
      position.size_asset ?? '-',
      position.entry_price ?? '-',
      usdText(position.position_value_usd),
      usdText(position.unrealized_pnl_usd),
      position.leverage === null ? '-' : `${position.leverage}x`,
      position.liquidation_price ?? '-',
    ]),
    width,
  );
}
