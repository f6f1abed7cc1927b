import {
  listTrades,
  MavenError,
  roundDecimal,
  subtractDecimals,
  type TradeAnswer,
  type TradeList,
  type TradeListOptions,
} from '../../index.js';
import { atOption } from '../at-option.js';
import { type Arguments, type Command, type CommandRuntime, textOption, textOptions } from '../command.js';
import { sourceText } from '../output/evidence-lines.js';
import { usdText } from '../output/money.js';
import { safeText, shortText } from '../output/safe-text.js';
import { count, renderTable, things } from '../output/table.js';
import { secondText } from '../output/time-text.js';

export const tradesCommand: Command = {
  build: (yargs) =>
    atOption
      .build(yargs)
      .option('asset', { type: 'string', describe: 'only this asset, such as BTC' })
      .option('status', {
        choices: ['open', 'closed', 'liquidated', 'cancelled'] as const,
        describe: 'only trades in this state',
      })
      .option('source', { type: 'string', describe: 'only from motherbot, worker_bot, simple_ta or manual' })
      .option('bot', { type: 'string', describe: 'only of the bot with this id' })
      .option('since', {
        type: 'string',
        describe: 'opened at or after: a time, a day (UTC), or 7d, 24h, 30m',
      })
      .option('until', { type: 'string', describe: 'opened at or before; a day stands for all of it' })
      .option('limit', { type: 'string', default: '50', describe: 'how many are listed at most' })
      .example('$0 trades --status open', 'what is at risk now')
      .example('$0 trades --asset BTC --since 7d', 'the last week of one asset, and its sums')
      .example('$0 trades --asset BTC --at HEAD~10', 'as ten commits ago')
      .example('$0 trades --since 2026-01-01 --until 2026-01-31 --json', 'a month, for programs'),
  run: async (runtime, args) => {
    const list = await listTrades(await runtime.context(), optionsOf(args));
    runtime.printJson(list);
    runtime.print(await render(runtime, list));
    return 0;
  },
};

function optionsOf(args: Arguments): TradeListOptions {
  const limit = textOption(args, 'limit') ?? '';
  if (!/^\d{1,9}$/.test(limit))
    throw new MavenError('USAGE', `--limit: expected a whole number, got ${JSON.stringify(limit)}`, {
      hint: 'see maven-git trades --help',
    });
  const given = textOptions(args, ['asset', 'status', 'source', 'bot', 'since', 'until']);
  return { ...atOption.read(args), ...given, limit: Number(limit) };
}

async function render(runtime: CommandRuntime, list: TradeList): Promise<string> {
  const { style } = runtime;
  const lines: string[] = [];
  if (list.notice !== null) lines.push(style.warn(safeText(list.notice)), '');
  const place = sourceText(list);
  if (list.total === 0) return [...lines, `no trade fits ${style.dim(`(${place})`)}`].join('\n');
  lines.push(await table(list.trades, style.width), '');
  const more = list.total - list.returned;
  if (more > 0) lines.push(style.dim(`  ... ${count(more)} more, older; --limit shows more`));
  lines.push(`  ${things(list.total, 'trade')} ${style.dim(place)}`, ...totalLines(runtime, list));
  return lines.join('\n');
}

function table(trades: readonly TradeAnswer[], width: number | null): Promise<string> {
  const right = (title: string) => ({ title, align: 'right' as const });
  return renderTable(
    [
      { title: 'trade' },
      { title: 'opened' },
      { title: 'closed', spare: 5 },
      { title: 'asset' },
      { title: 'side' },
      { title: 'status' },
      { ...right('size'), spare: 1 },
      { ...right('entry'), spare: 3 },
      { ...right('exit'), spare: 4 },
      { ...right('P&L USD'), spare: 6 },
      { ...right('fees USD'), spare: 7 },
      right('net USD'),
      { title: 'bot', spare: 2 },
    ],
    trades.map((trade) => [
      shortText(trade.id, 40),
      secondText(trade.opened_at),
      secondText(trade.closed_at),
      shortText(trade.asset, 16),
      trade.side,
      trade.status,
      trade.size_asset ?? '-',
      trade.entry_price ?? '-',
      trade.exit_price ?? '-',
      usdText(trade.realized_pnl_usd),
      usdText(trade.fees_usd),
      usdText(trade.net_pnl_usd),
      shortText(trade.source_bot_id ?? '-', 24),
    ]),
    width,
  );
}

/** The sums, and everything that keeps them from being what they seem. */
function totalLines({ style }: CommandRuntime, { totals }: TradeList): readonly string[] {
  const { realized_pnl_usd: realized, fees_usd: fees, net_pnl_usd: net } = totals;
  const lines = [
    `  realized ${usdText(realized)} USD, fees ${usdText(fees)} USD, ${style.bold(`net ${usdText(net)} USD`)}`,
  ];
  const apart = roundDecimal(subtractDecimals(net, subtractDecimals(realized, fees)), 2);
  if (/[1-9]/.test(apart))
    lines.push(
      style.dim(`  ${apart} USD of the fees are of trades with nothing realized, and not in the net`),
    );
  if (totals.unknown_pnl > 0)
    lines.push(style.warn(`  not complete: ${things(totals.unknown_pnl, 'ended trade')} with no P&L known`));
  if (totals.unknown_fees > 0)
    lines.push(
      style.warn(
        `  not complete: ${things(totals.unknown_fees, 'ended trade')} with no fees known, taken as 0`,
      ),
    );
  return lines;
}
