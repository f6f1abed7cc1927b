/** A column of a table for people. */
export interface TableColumn {
  readonly title: string;
  /** Numbers stand to the right. */
  readonly align?: 'left' | 'right';
  /** Left out where the terminal is too narrow, the highest first; absent = never. */
  readonly spare?: number;
}

/**
 * Lays out rows in aligned columns, two spaces apart, indented by two.
 *
 * @param rows - cells without line ends or control characters.
 * @param width - of the terminal; null = no limit. Columns that can be spared are left out until the table fits, and a
 *   last line names them.
 */
export async function renderTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number | null = null,
): Promise<string> {
  let shown = columns.map((column, index) => ({ column, index }));
  for (;;) {
    const text = await layOut(
      shown.map(({ column }) => column),
      rows.map((row) => shown.map(({ index }) => row[index] ?? '')),
    );
    const next = tooWide(text, width) ? mostSpare(shown.map(({ column }) => column)) : undefined;
    if (next === undefined)
      return shown.length === columns.length ? text : `${text}\n  ${leftOut(columns, shown)}`;
    shown = shown.filter(({ column }) => column !== next);
  }
}

function leftOut(columns: readonly TableColumn[], shown: readonly { readonly index: number }[]): string {
  const kept = new Set(shown.map(({ index }) => index));
  const titles = columns.flatMap(({ title }, index) => (kept.has(index) ? [] : [title]));
  return `(too narrow here for: ${titles.join(', ')})`;
}

function tooWide(text: string, width: number | null): boolean {
  return width !== null && text.split('\n').some((line) => [...line].length > width);
}

function mostSpare(columns: readonly TableColumn[]): TableColumn | undefined {
  return columns
    .filter(({ spare }) => spare !== undefined)
    .sort((one, other) => (other.spare ?? 0) - (one.spare ?? 0))[0];
}

async function layOut(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
): Promise<string> {
  const { default: Table } = await import('cli-table3');
  const none = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '' };
  const table = new Table({
    head: columns.map((column) => column.title),
    colAligns: columns.map((column) => column.align ?? 'left'),
    chars: {
      ...none,
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '  ',
    },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n');
}

/** 12345 as `12,345`. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 row`, `12,345 rows`. */
export function things(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}
