/** What a column must hold. */
export type ColumnKind = 'id' | 'text' | 'amount' | 'time';

interface KnownColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly required: boolean;
}

/** A column as upstream's catalog has it. */
export interface FoundColumn {
  readonly name: string;
  /** Our role may select it. */
  readonly readable: boolean;
  /** As declared, for messages: `numeric(20,8)`, `money_amount`. */
  readonly declared: string;
  /** Built-in type below all domains: `int8`, `timestamptz`; empty = a type that upstream made. */
  readonly type: string;
  /** `e` for an enum, as in `pg_type.typtype`. */
  readonly typeKind: string;
  /** `S` for strings, as in `pg_type.typcategory`. */
  readonly category: string;
  /** As in `pg_attribute.atttypmod`; -1 = none. */
  readonly modifier: number;
}

/** A column that can be read, or null in its place when this upstream does not have it. */
export interface ReadColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  /** See {@link FoundColumn.type}; null = not there. */
  readonly type: string | null;
}

/** Why a column cannot be read. */
export interface ColumnFault {
  readonly column: string;
  readonly fault: 'missing' | 'type' | 'privilege';
  readonly expected: string;
  /** Type as declared; null = there is none. */
  readonly found: string | null;
}

export interface ChosenColumns {
  /** One for each known column, in the order of {@link COLUMN_NAMES}. */
  readonly columns: readonly ReadColumn[];
  readonly faults: readonly ColumnFault[];
  readonly warnings: readonly string[];
}

const KNOWN: readonly KnownColumn[] = [
  { name: 'id', kind: 'id', required: true },
  { name: 'bot_id', kind: 'text', required: true },
  { name: 'bot_type', kind: 'text', required: false },
  { name: 'symbol', kind: 'text', required: true },
  { name: 'side', kind: 'text', required: true },
  { name: 'status', kind: 'text', required: true },
  { name: 'close_reason', kind: 'text', required: false },
  { name: 'decision_id', kind: 'text', required: true },
  { name: 'entry_price', kind: 'amount', required: true },
  { name: 'exit_price', kind: 'amount', required: true },
  { name: 'size', kind: 'amount', required: true },
  { name: 'leverage', kind: 'amount', required: false },
  { name: 'realized_pnl', kind: 'amount', required: true },
  { name: 'unrealized_pnl', kind: 'amount', required: false },
  { name: 'fees', kind: 'amount', required: true },
  { name: 'opened_at', kind: 'time', required: true },
  { name: 'closed_at', kind: 'time', required: true },
];

/**
 * Every column that is looked for, in the order in which rows are read: those that few rows differ in stand side by side,
 * so that one look at the bytes tells whether a row repeats what another had.
 */
export const COLUMN_NAMES: readonly string[] = KNOWN.map(({ name }) => name);

const EXPECTED: Readonly<Record<ColumnKind, string>> = {
  id: 'smallint, integer, bigint or numeric without decimals',
  text: 'text, varchar, char, an enum, uuid or a whole number',
  amount: 'numeric, a whole number, real or double precision',
  time: 'timestamp with or without time zone',
};

const WHOLE_NUMBERS = ['int2', 'int4', 'int8'];
const FLOATS = ['float4', 'float8'];
const TYPES: Readonly<Record<ColumnKind, readonly string[]>> = {
  id: [...WHOLE_NUMBERS, 'numeric'],
  text: [...WHOLE_NUMBERS, 'numeric', 'uuid'],
  amount: [...WHOLE_NUMBERS, ...FLOATS, 'numeric'],
  time: ['timestamptz', 'timestamp'],
};

/**
 * Decides how each known column is read, and what stands in the way.
 *
 * @param timeZone - in which times without a zone are taken, for the warning.
 */
export function chooseColumns(found: readonly FoundColumn[], timeZone: string): ChosenColumns {
  const byName = new Map(found.map((column) => [column.name, column]));
  const faults = KNOWN.map((known) => faultOf(known, byName.get(known.name))).filter(
    (fault) => fault !== null,
  );
  const columns = KNOWN.map(({ name, kind }): ReadColumn => {
    const column = byName.get(name);
    return { name, kind, type: column?.readable === true ? column.type : null };
  });
  const unreadable = KNOWN.filter(({ name, required }) => !required && byName.get(name)?.readable === false);
  const floats = columns.filter(({ kind, type }) => kind === 'amount' && FLOATS.includes(type ?? ''));
  const zoneless = columns.filter(({ type }) => type === 'timestamp');
  const warnings = [
    sentence(unreadable, 'may not be read by this role and is taken as absent'),
    sentence(floats, 'is a float: amounts are taken digit for digit as upstream prints them'),
    sentence(zoneless, `carries no time zone: its times are taken as ${timeZone} (MOHA_TIME_ZONE)`),
  ];
  return { columns, faults, warnings: warnings.filter((text) => text !== null) };
}

/** One fault, for a message. */
export function describeFault({ column, fault, expected, found }: ColumnFault): string {
  if (fault === 'missing') return `${column} is missing (expected ${expected})`;
  if (fault === 'privilege') return `${column} may not be read by this role`;
  return `${column} is ${found} (expected ${expected})`;
}

function faultOf({ name, kind, required }: KnownColumn, found: FoundColumn | undefined): ColumnFault | null {
  const expected = EXPECTED[kind];
  if (found === undefined) return required ? { column: name, fault: 'missing', expected, found: null } : null;
  if (!found.readable)
    return required ? { column: name, fault: 'privilege', expected, found: found.declared } : null;
  return hasType(kind, found) ? null : { column: name, fault: 'type', expected, found: found.declared };
}

function hasType(kind: ColumnKind, found: FoundColumn): boolean {
  if (kind === 'text' && (found.category === 'S' || found.typeKind === 'e')) return true;
  if (!TYPES[kind].includes(found.type)) return false;
  return kind !== 'id' || found.type !== 'numeric' || numericScale(found.modifier) === 0;
}

/** Digits after the point that a `numeric` column keeps; one without a modifier may keep any, and is believed. */
function numericScale(modifier: number): number {
  return modifier < 4 ? 0 : (modifier - 4) & 0x7ff;
}

/** One sentence for all columns of which it is true; null = of none. */
function sentence(columns: readonly { readonly name: string }[], predicate: string): string | null {
  if (columns.length === 0) return null;
  const names = columns.map(({ name }) => name).join(', ');
  return `bot_trades: ${columns.length === 1 ? 'column' : 'each of'} ${names} ${predicate}`;
}
