import { InvalidRecordError } from '../../../parsers/invalid-record-error.js';
import { fieldIndex, formatFields } from '../../../parsers/line-format.js';
import { TRADE_FORMAT, type TradeRevision } from '../../../parsers/trades.js';
import { ROW_HEADER } from '../../sources/moha/raw-rows.js';
import { COLUMN_NAMES } from '../../sources/moha/table-columns.js';
import type { PnlSum } from './added-pnl.js';
import { readAmount } from './amount.js';
import { type DecisionIndex, linkDecision } from './decision-link.js';
import type { LineBuffer } from './line-buffer.js';
import { type MappedTrade, sizeUsdOf } from './map-bot-trade.js';
import { firstRevision, type RevisionRules } from './revise-trade.js';
import { ScannedDecimal } from './scanned-decimal.js';
import { ScannedTime } from './scanned-time.js';
import { SpanTable } from './span-table.js';
import { describeNotes, formatTradeMetadata } from './trade-metadata.js';

/** What follows from a bot and its type, a symbol and a side. */
interface Market {
  readonly asset: string;
  /** `","revision":1,…,"side":"long"` */
  readonly fields: Buffer;
  /** `,"decision":null,"metadata":{…}}` and the line's end. */
  readonly tail: Buffer;
  /** The same up to the digits of upstream's decision. */
  readonly tailWithDecision: Buffer;
}

/** What follows from a status and a close reason. */
interface Ending {
  readonly isOpen: boolean;
  /** `,"position_action":"close"` */
  readonly action: Buffer;
  /** `,"status":"closed","close_reason":null` */
  readonly status: Buffer;
}

const column = (name: string): number => COLUMN_NAMES.indexOf(name);
const ID = column('id');
const DECISION_ID = column('decision_id');
const OPENED_AT = column('opened_at');
const CLOSED_AT = column('closed_at');
const ENTRY_PRICE = column('entry_price');
const EXIT_PRICE = column('exit_price');
const SIZE = column('size');
const LEVERAGE = column('leverage');
const REALIZED_PNL = column('realized_pnl');
const UNREALIZED_PNL = column('unrealized_pnl');
const FEES = column('fees');
/** Columns that stand side by side, so that one look tells whether a row repeats what another had. */
const MARKET = [column('bot_id'), column('side')] as const;
const ENDING = [column('status'), column('close_reason')] as const;

const MOST_ID_DIGITS = 18;
const MOST_FRACTION_DIGITS = 18;
/** Of everything in a line that is not taken from a {@link Market} or an {@link Ending}, and then some. */
const OTHER_BYTES = 2048;
const ZERO = 48;
const POINT = 46;
const QUOTE = 34;

/**
 * Writes the first ledger line of new trades straight from upstream's bytes.
 *
 * Almost all of a million rows differ from one another in digits only. Those are copied; what follows from the texts beside
 * them is taken from a row before that had the same. The first row of each kind, and every row in which anything is
 * unusual, goes the way of all others (`tradeMapper`, `firstRevision`, `tradeWriter`), which alone decides what a line
 * says: {@link learn} takes its words from there.
 */
export class NewTradeLines {
  private readonly start: Buffer;
  private readonly markets = new SpanTable<Market>();
  private readonly endings = new SpanTable<Ending>();
  private readonly starts = new Int32Array(COLUMN_NAMES.length);
  /** -1 = null. */
  private readonly ends = new Int32Array(COLUMN_NAMES.length);
  private readonly opened = new ScannedTime();
  private readonly closed = new ScannedTime();
  private readonly entryPrice = new ScannedDecimal();
  private readonly size = new ScannedDecimal();
  private readonly realizedPnl = new ScannedDecimal();
  private readonly fees = new ScannedDecimal();
  private readonly other = new ScannedDecimal();
  private readonly sizeRoom = Buffer.alloc(128);
  private row: Buffer = Buffer.alloc(0);
  private market: Market | undefined;
  private ending: Ending | undefined;

  /** @param source - of the epoch in which the trades are new. */
  constructor(
    private readonly source: string,
    private readonly rules: RevisionRules,
  ) {
    this.start = Buffer.from(
      `{"v":${TRADE_FORMAT.version},"source":${JSON.stringify(source)}${lead('external_trade_id')}"`,
    );
  }

  /**
   * Looks at the row that starts at `at`.
   *
   * @returns true = what decides over it is known: {@link id}, {@link date}, {@link asset}, {@link isOpen}.
   */
  read(row: Buffer, at: number): boolean {
    const { starts, ends } = this;
    this.row = row;
    let next = at + ROW_HEADER;
    for (let index = 0; index < starts.length; index += 1) {
      const length =
        ((row[next] ?? 0) << 24) |
        ((row[next + 1] ?? 0) << 16) |
        ((row[next + 2] ?? 0) << 8) |
        (row[next + 3] ?? 0);
      next += 4;
      starts[index] = next;
      ends[index] = length === -1 ? -1 : next + length;
      if (length !== -1) next += length;
    }
    this.market = this.markets.get(row, this.spanStart(MARKET), this.spanEnd(MARKET));
    this.ending = this.endings.get(row, this.spanStart(ENDING), this.spanEnd(ENDING));
    if (this.market === undefined || this.ending === undefined) return false;
    return this.hasPlainId() && this.readTime(this.opened, OPENED_AT);
  }

  /** Keeps what was made of the row that was looked at, for others that say the same. */
  learn(trade: MappedTrade): void {
    if (this.market !== undefined && this.ending !== undefined) return;
    const revision = firstRevision(trade, this.source, { kind: 'none' }, this.rules);
    try {
      this.market ??= this.learnMarket(trade, revision);
      this.ending ??= this.learnEnding(revision);
    } catch (error) {
      if (!(error instanceof InvalidRecordError)) throw error;
    }
  }

  get id(): string {
    return this.row.toString('latin1', this.from(ID), this.to(ID));
  }

  /** On which the trade was opened. */
  get date(): string {
    return this.opened.date;
  }

  get asset(): string {
    return this.market?.asset ?? '';
  }

  get isOpen(): boolean {
    return this.ending?.isOpen === true;
  }

  /** Tells whether there is no decision that the trade may carry out, nor several. */
  isWithoutDecision(decisions: DecisionIndex): boolean {
    if (!decisions.has(this.asset)) return true;
    const link = linkDecision(decisions, this.asset, this.opened.text, this.rules.linkWindowMinutes);
    return link.kind === 'none';
  }

  /**
   * Writes the line of a trade that carries out no decision.
   *
   * @returns false = something in it needs a closer look; then nothing was written.
   */
  write(lines: LineBuffer): boolean {
    const { market, ending } = this;
    if (market === undefined || ending === undefined) return false;
    const hasClosed = this.to(CLOSED_AT) !== -1;
    if (hasClosed && !this.readTime(this.closed, CLOSED_AT)) return false;
    const out = lines.room(market.fields.length + market.tail.length + ending.status.length + OTHER_BYTES);
    let at = put(this.start, out, lines.end);
    at = this.putColumn(ID, out, at);
    at = put(market.fields, out, at);
    at = put(ending.action, out, at);
    at = this.putAmount(LEADS.entryPrice, this.entryPrice, ENTRY_PRICE, out, at);
    if (at === -1 || this.entryPrice.negative) return false;
    at = this.putAmount(LEADS.exitPrice, this.other, EXIT_PRICE, out, at);
    if (at === -1 || this.other.negative) return false;
    at = this.putSizes(out, at);
    if (at === -1) return false;
    at = this.putAmount(LEADS.leverage, this.other, LEVERAGE, out, at);
    if (at === -1 || this.other.negative) return false;
    at = this.putAmount(LEADS.realizedPnl, this.realizedPnl, REALIZED_PNL, out, at);
    if (at === -1) return false;
    at = this.putAmount(LEADS.unrealizedPnl, this.other, UNREALIZED_PNL, out, at);
    if (at === -1) return false;
    at = this.putAmount(LEADS.fees, this.fees, FEES, out, at);
    if (at === -1) return false;
    at = put(ending.status, out, at);
    at = put(LEADS.openedAt.value, out, at);
    at = this.opened.write(out, at);
    out[at++] = QUOTE;
    if (hasClosed) {
      at = put(LEADS.closedAt.value, out, at);
      at = this.closed.write(out, at);
      out[at++] = QUOTE;
    } else {
      at = put(LEADS.closedAt.none, out, at);
    }
    at = this.putTail(market, out, at);
    if (at === -1) return false;
    lines.take(at);
    return true;
  }

  /** Adds what the line that was written changes. */
  addTo(pnl: PnlSum): void {
    const realized = this.to(REALIZED_PNL) === -1 ? null : this.realizedPnl;
    pnl.addScanned(realized, this.to(FEES) === -1 ? null : this.fees);
  }

  private learnMarket(trade: MappedTrade, revision: TradeRevision): Market {
    const notes = { ...trade.notes, upstreamDecisionId: null };
    const metadata = formatTradeMetadata({ notes: describeNotes(notes), link: null, corrections: {} });
    const tail = formatFields(TRADE_FORMAT, { ...revision, metadata }, 'decision', 'metadata');
    const digits = '0';
    const withDecision = formatTradeMetadata({
      notes: describeNotes({ ...notes, upstreamDecisionId: digits }),
      link: null,
      corrections: {},
    });
    const tailWithDecision = formatFields(
      TRADE_FORMAT,
      { ...revision, metadata: withDecision },
      'decision',
      'metadata',
    );
    const market = {
      asset: trade.asset,
      fields: Buffer.from(`"${formatFields(TRADE_FORMAT, revision, 'revision', 'side')}`),
      tail: Buffer.from(`${tail}}\n`),
      tailWithDecision: Buffer.from(tailWithDecision.slice(0, -`${digits}"}`.length)),
    };
    this.markets.set(this.row, this.spanStart(MARKET), this.spanEnd(MARKET), market);
    return market;
  }

  private learnEnding(revision: TradeRevision): Ending {
    const ending = {
      isOpen: revision.status === 'open',
      action: Buffer.from(formatFields(TRADE_FORMAT, revision, 'position_action', 'position_action')),
      status: Buffer.from(formatFields(TRADE_FORMAT, revision, 'status', 'close_reason')),
    };
    this.endings.set(this.row, this.spanStart(ENDING), this.spanEnd(ENDING), ending);
    return ending;
  }

  /** With the length of the first value, so that `ab`, `c` is not taken for `a`, `bc`. */
  private spanStart([first]: readonly [number, number]): number {
    return this.from(first) - 4;
  }

  private spanEnd([, last]: readonly [number, number]): number {
    return Math.max(this.from(last), this.to(last));
  }

  private from(index: number): number {
    return this.starts[index] ?? 0;
  }

  private to(index: number): number {
    return this.ends[index] ?? -1;
  }

  private hasPlainId(): boolean {
    const [start, end] = [this.from(ID), this.to(ID)];
    if (end <= start || end - start > MOST_ID_DIGITS) return false;
    return hasDigitsOnly(this.row, start, end);
  }

  private readTime(time: ScannedTime, index: number): boolean {
    const end = this.to(index);
    return end !== -1 && time.read(this.row, this.from(index), end);
  }

  private putColumn(index: number, out: Buffer, at: number): number {
    const end = this.to(index);
    let to = at;
    for (let from = this.from(index); from < end; from += 1) out[to++] = this.row[from] ?? 0;
    return to;
  }

  private putAmount(field: Lead, amount: ScannedDecimal, index: number, out: Buffer, at: number): number {
    const end = this.to(index);
    if (end === -1) {
      amount.negative = false;
      return put(field.none, out, at);
    }
    const to = amount.copy(this.row, this.from(index), end, out, put(field.value, out, at));
    if (to === -1) return -1;
    out[to] = QUOTE;
    return to + 1;
  }

  /** Size times price, exact, then the size. */
  private putSizes(out: Buffer, at: number): number {
    const end = this.to(SIZE);
    if (end === -1) return -1;
    const { size, entryPrice, sizeRoom } = this;
    const sizeEnd = size.copy(this.row, this.from(SIZE), end, sizeRoom, 0);
    if (sizeEnd === -1 || size.negative) return -1;
    let to =
      this.to(ENTRY_PRICE) === -1
        ? put(LEADS.sizeUsd.none, out, at)
        : this.putProduct(size, entryPrice, out, at);
    if (to === -1) return -1;
    to = put(LEADS.sizeAsset.value, out, to);
    for (let from = 0; from < sizeEnd; from += 1) out[to++] = sizeRoom[from] ?? 0;
    out[to] = QUOTE;
    return to + 1;
  }

  private putProduct(size: ScannedDecimal, price: ScannedDecimal, out: Buffer, at: number): number {
    let to = put(LEADS.sizeUsd.value, out, at);
    // A product below 2^53 is exact: then its factors are, unless the other one is zero.
    const product = size.unscaled * price.unscaled;
    const scale = size.scale + price.scale;
    if (Number.isSafeInteger(product) && scale <= MOST_FRACTION_DIGITS) {
      to = putUnscaled(product, scale, out, to);
    } else {
      const text = sizeUsdOf(size.text, price.text);
      if (text === null || readAmount(text) === null) return -1;
      to += out.write(text, to, 'latin1');
    }
    out[to] = QUOTE;
    return to + 1;
  }

  private putTail(market: Market, out: Buffer, at: number): number {
    const end = this.to(DECISION_ID);
    if (end === -1) return put(market.tail, out, at);
    const start = this.from(DECISION_ID);
    if (end === start || end - start > MOST_ID_DIGITS || !hasDigitsOnly(this.row, start, end)) return -1;
    const to = this.putColumn(DECISION_ID, out, put(market.tailWithDecision, out, at));
    return put(END_WITH_DECISION, out, to);
  }
}

/** What stands before a value, with its quote, and what stands in the place of both. */
interface Lead {
  readonly value: Buffer;
  readonly none: Buffer;
}

const LEADS = {
  entryPrice: leadOf('entry_price'),
  exitPrice: leadOf('exit_price'),
  sizeUsd: leadOf('size_usd'),
  sizeAsset: leadOf('size_asset'),
  leverage: leadOf('leverage'),
  realizedPnl: leadOf('realized_pnl_usd'),
  unrealizedPnl: leadOf('unrealized_pnl_usd'),
  fees: leadOf('fees_usd'),
  openedAt: leadOf('opened_at'),
  closedAt: leadOf('closed_at'),
};
const END_WITH_DECISION = Buffer.from('"}}\n');

function lead(key: string): string {
  return TRADE_FORMAT.fields[fieldIndex(TRADE_FORMAT, key)]?.lead ?? '';
}

function leadOf(key: string): Lead {
  return { value: Buffer.from(`${lead(key)}"`), none: Buffer.from(`${lead(key)}null`) };
}

/** Longer texts are copied by a call out of compiled code, shorter ones are there before it has begun. */
const LONG = 40;

function put(text: Buffer, out: Buffer, at: number): number {
  if (text.length > LONG) {
    out.set(text, at);
  } else {
    for (let index = 0; index < text.length; index += 1) out[at + index] = text[index] ?? 0;
  }
  return at + text.length;
}

/** Writes unscaled / 10^scale without needless zeros. */
function putUnscaled(unscaled: number, scale: number, out: Buffer, at: number): number {
  if (unscaled === 0) {
    out[at] = ZERO;
    return at + 1;
  }
  const digits = String(unscaled);
  let last = digits.length;
  let places = scale;
  while (places > 0 && digits.charCodeAt(last - 1) === ZERO) {
    last -= 1;
    places -= 1;
  }
  let to = at;
  const point = last - places;
  if (point <= 0) {
    out[to++] = ZERO;
    out[to++] = POINT;
    for (let zeros = point; zeros < 0; zeros += 1) out[to++] = ZERO;
  }
  for (let index = 0; index < last; index += 1) {
    if (index === point && point > 0) out[to++] = POINT;
    out[to++] = digits.charCodeAt(index);
  }
  return to;
}

function hasDigitsOnly(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < ZERO || byte > ZERO + 9) return false;
  }
  return true;
}
