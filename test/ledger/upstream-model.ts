import type pg from 'pg';
import type { TestUpstream } from './upstream.js';

/** One row that was ever inserted. Ids may be given out again, numbers are not. */
export interface ModelRow {
  /** Stands in `decision_id`, so that the ledger tells which row a trade was made of. */
  readonly number: number;
  readonly id: string;
  readonly symbol: string;
  readonly side: string;
  readonly entryPrice: string;
  readonly size: string | null;
  readonly status: string;
  readonly exitPrice: string | null;
  readonly realizedPnl: string | null;
  readonly fees: string | null;
  readonly openedAt: string;
}

const SYMBOLS = ['BTC-USD', 'eth', 'SOL/USDT', 'KRAKEN:HYPEUSD'] as const;
/** What the ledger must make of each symbol. */
export const ASSETS: Readonly<Record<string, string>> = {
  'BTC-USD': 'BTC',
  eth: 'ETH',
  'SOL/USDT': 'SOL',
  'KRAKEN:HYPEUSD': 'HYPE',
};
const DAY_MS = 86_400_000;

interface Session {
  readonly client: pg.Client;
  open: boolean;
  /** What it did and has not committed; null = deleted. */
  readonly changed: Map<number, ModelRow | null>;
}

/**
 * MoHa's table with several sessions, and beside it what each of them must see.
 *
 * Every action can be carried out at any time: what is impossible (a row that another transaction holds) does nothing, so
 * that any part of a history is a history.
 */
export class UpstreamModel {
  /** As committed. */
  readonly rows = new Map<number, ModelRow>();
  /** Every state that was ever committed, by number. */
  readonly states = new Map<number, ModelRow[]>();
  private readonly sessions: Session[];
  /** What holds the rows; a view `bot_trades` lies over it or it has that name itself. */
  private readonly table: string;
  private inserted = 0;
  /** How often ids began anew. */
  private lives = 0;
  private readonly beganMs = Date.now();

  constructor(
    private readonly upstream: TestUpstream,
    clients: readonly pg.Client[],
    readonly kind: 'table' | 'view',
  ) {
    this.table = kind === 'view' ? 'trades_base' : 'bot_trades';
    this.sessions = clients.map((client) => ({ client, open: false, changed: new Map() }));
  }

  async begin(session: number): Promise<void> {
    const own = this.session(session);
    if (own.open) return;
    await own.client.query('begin');
    own.open = true;
  }

  async end(session: number, how: 'commit' | 'rollback'): Promise<void> {
    const own = this.session(session);
    if (!own.open) return;
    await own.client.query(how);
    own.open = false;
    if (how === 'commit') this.publish(own.changed);
    own.changed.clear();
  }

  /** @param part - inside a savepoint of its own, kept or taken back: both have transaction ids of their own. */
  async insert(
    session: number,
    dice: number,
    bad: boolean,
    part: 'plain' | 'kept' | 'undone',
  ): Promise<void> {
    const own = this.session(session);
    const nested = part !== 'plain' && own.open;
    if (nested) await own.client.query('savepoint part');
    const row = await this.insertRow(own.client, dice, bad);
    if (nested && part === 'undone') await own.client.query('rollback to part');
    else this.note(own, row);
    if (nested) await own.client.query('release part');
  }

  async close(session: number, pick: number, dice: number): Promise<void> {
    await this.change(session, pick, (row) => ({
      ...row,
      status: (['closed', 'liquidated', 'CANCELED'] as const)[dice % 3] ?? 'closed',
      exitPrice: String(1 + dice),
      realizedPnl: `${dice - 500}.25`,
      fees: dice % 4 === 0 ? null : `0.${1 + (dice % 9)}`,
    }));
  }

  /** Changes a row in a way that any trade may be changed, ended or not. */
  async correct(session: number, pick: number, dice: number): Promise<void> {
    await this.change(session, pick, (row) => {
      // Both together would make another trade of it where ids can be given out again.
      if (dice % 3 === 0 && row.number % 2 === 0) return { ...row, symbol: SYMBOLS[dice % 4] ?? 'eth' };
      if (dice % 3 === 0 && this.lives === 0) return { ...row, openedAt: this.openedAt(row.number, dice) };
      return { ...row, fees: `${dice}.5`, size: row.size === null ? null : `${1 + (dice % 7)}.5` };
    });
  }

  async mend(session: number, pick: number): Promise<void> {
    const bad = this.changeable(session).filter(({ size }) => size === null);
    await this.changeRow(session, bad[pick % bad.length], (row) => ({ ...row, size: '2.5' }));
  }

  /** Makes a row unusable for a while. */
  async spoil(session: number, pick: number): Promise<void> {
    await this.change(session, pick, (row) => ({ ...row, size: null }));
  }

  async delete(session: number, pick: number): Promise<void> {
    const own = this.session(session);
    const rows = this.changeable(session);
    const row = rows[pick % rows.length];
    if (row === undefined) return;
    await own.client.query(`delete from ${this.table} where id = $1`, [row.id]);
    this.note(own, row, null);
  }

  /** A wipe of the table: ids begin at 1 again. */
  async restart(): Promise<void> {
    await this.endAll('commit');
    await this.upstream.run(`truncate ${this.table} restart identity`);
    this.rows.clear();
    this.lives += 1;
  }

  async endAll(how: 'commit' | 'rollback'): Promise<void> {
    for (let session = 0; session < this.sessions.length; session++) await this.end(session, how);
  }

  /** Makes rows usable that were and are not, so that the last state of every one follows from upstream alone. */
  async mendSpoiled(): Promise<void> {
    for (const row of [...this.rows.values()]) {
      const wasUsable = this.states.get(row.number)?.some(({ size }) => size !== null) === true;
      if (row.size === null && wasUsable)
        await this.changeRow(0, row, (spoilt) => ({ ...spoilt, size: '3.5' }));
    }
  }

  private async change(session: number, pick: number, edit: (row: ModelRow) => ModelRow): Promise<void> {
    const rows = this.changeable(session);
    await this.changeRow(session, rows[pick % rows.length], edit);
  }

  private async changeRow(
    session: number,
    row: ModelRow | undefined,
    edit: (row: ModelRow) => ModelRow,
  ): Promise<void> {
    if (row === undefined) return;
    const own = this.session(session);
    const next = edit(row);
    await own.client.query(
      `update ${this.table} set symbol = $2, size = $3, status = $4, exit_price = $5, realized_pnl = $6, fees = $7,
        opened_at = $8 where id = $1`,
      [
        row.id,
        next.symbol,
        next.size,
        next.status,
        next.exitPrice,
        next.realizedPnl,
        next.fees,
        next.openedAt,
      ],
    );
    this.note(own, row, next);
  }

  private async insertRow(client: pg.Client, dice: number, bad: boolean): Promise<ModelRow> {
    this.inserted += 1;
    const row = {
      number: this.inserted,
      symbol: SYMBOLS[dice % 4] ?? 'eth',
      side: dice % 2 === 0 ? 'buy' : 'SELL',
      entryPrice: `${1000 + this.inserted}.000000000000000001`,
      size: bad ? null : `${1 + (dice % 5)}.125`,
      status: dice % 5 === 0 ? 'closed' : 'open',
      exitPrice: null,
      realizedPnl: dice % 5 === 0 ? '-0.000000000000000007' : null,
      fees: null,
      openedAt: this.openedAt(this.inserted, dice),
    };
    const { rows } = await client.query<{ id: string }>(
      `insert into bot_trades (bot_id, decision_id, symbol, side, entry_price, size, realized_pnl, opened_at, status)
       values ('worker-1', $1, $2, $3, $4, $5, $6, $7, $8) returning id::text`,
      [row.number, row.symbol, row.side, row.entryPrice, row.size, row.realizedPnl, row.openedAt, row.status],
    );
    return { ...row, id: rows[0]?.id ?? '' };
  }

  /** A moment that no other row has. Ids that began anew belong to trades after all that was recorded before. */
  private openedAt(number: number, dice: number): string {
    const base =
      this.lives === 0 ? this.beganMs - DAY_MS * (4 - (dice % 4)) : Date.now() + 2000 + DAY_MS * (dice % 3);
    const micros = String(number * 1000 + (dice % 1000)).padStart(6, '0');
    return `${new Date(base).toISOString().slice(0, 19)}.${micros}+00:00`;
  }

  private session(index: number): Session {
    const own = this.sessions[index % this.sessions.length];
    if (own === undefined) throw new Error('no sessions');
    return own;
  }

  /** Rows that a session sees and no other one holds. */
  private changeable(session: number): readonly ModelRow[] {
    const own = this.session(session);
    const held = new Set(this.sessions.flatMap((other) => (other === own ? [] : [...other.changed.keys()])));
    const seen = new Map<number, ModelRow | null>([...this.rows, ...own.changed]);
    return [...seen].flatMap(([number, row]) => (row === null || held.has(number) ? [] : [row]));
  }

  private note(own: Session, row: ModelRow, next: ModelRow | null = row): void {
    own.changed.set(row.number, next);
    if (own.open) return;
    this.publish(own.changed);
    own.changed.clear();
  }

  private publish(changed: ReadonlyMap<number, ModelRow | null>): void {
    for (const [number, row] of changed) {
      if (row === null) {
        this.rows.delete(number);
        continue;
      }
      this.rows.set(number, row);
      this.states.set(number, [...(this.states.get(number) ?? []), row]);
    }
  }
}
