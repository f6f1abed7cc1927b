/** A row of MoHa's `bot_trades`, as the text that goes into the SQL; null = SQL null. Keys in the order of the columns. */
export interface BotTradeRow {
  readonly id: string;
  readonly botId: string;
  readonly botType: string;
  readonly decisionId: string | null;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly entryPrice: string | null;
  readonly exitPrice: string | null;
  readonly size: string;
  readonly leverage: string | null;
  readonly realizedPnl: string | null;
  readonly fees: string | null;
  /** Canonical UTC time. */
  readonly openedAt: string;
  readonly closedAt: string | null;
  readonly status: 'open' | 'closed' | 'liquidated' | 'cancelled';
  readonly closeReason: string | null;
}

const COLUMNS = [
  'id bigserial primary key',
  'bot_id text',
  'bot_type text',
  'decision_id bigint',
  'symbol text',
  'side text',
  'entry_price numeric',
  'exit_price numeric',
  'size numeric',
  'leverage numeric',
  'realized_pnl numeric',
  'fees numeric',
  'opened_at timestamptz',
  'closed_at timestamptz',
  'status text',
  'close_reason text',
] as const;

const ROWS_AN_INSERT = 250;

const HEAD = `-- MoHa's table bot_trades with sixty days of trades. Made by test/tools/generate-upstream.ts; not edited by hand.
-- Ids go on where the ledger of fixtures/history ends, so that all of it is new to that ledger.
begin;
`;

/** Prints the table and its rows as SQL that any client runs in one go: no COPY, no meta commands. */
export function formatBotTrades(rows: readonly BotTradeRow[]): string {
  const parts = [HEAD, `create table bot_trades (\n  ${COLUMNS.join(',\n  ')}\n);\n`];
  for (let first = 0; first < rows.length; first += ROWS_AN_INSERT) {
    const lines = rows.slice(first, first + ROWS_AN_INSERT).map(formatRow);
    parts.push(`insert into bot_trades values\n${lines.join(',\n')};\n`);
  }
  // The ids were given, not drawn: without this the next insert of a bot would collide.
  parts.push("select setval('bot_trades_id_seq', (select max(id) from bot_trades));\ncommit;\n");
  return parts.join('');
}

function formatRow(row: BotTradeRow): string {
  const cells = [
    row.id,
    quoted(row.botId),
    quoted(row.botType),
    row.decisionId ?? 'null',
    quoted(row.symbol),
    quoted(row.side),
    row.entryPrice ?? 'null',
    row.exitPrice ?? 'null',
    row.size,
    row.leverage ?? 'null',
    row.realizedPnl ?? 'null',
    row.fees ?? 'null',
    quoted(row.openedAt),
    quoted(row.closedAt),
    quoted(row.status),
    quoted(row.closeReason),
  ];
  return `(${cells.join(',')})`;
}

function quoted(text: string | null): string {
  return text === null ? 'null' : `'${text.replaceAll("'", "''")}'`;
}
