import { formatMetrics, type MetricsRecord } from '../../../parsers/metrics.js';

/** A number that two versions of a metrics file tell differently; null = it has none. */
export interface NumberDifference {
  /** As the file names it; in a list `asset_performance.BTC.pnl_usd`. */
  readonly column: string;
  readonly expected: string | null;
  readonly actual: string | null;
}

type Numbers = ReadonlyMap<string, string | null>;

/** When the numbers were found is none of them. */
const TIMES_OF_COMPUTING: ReadonlySet<string> = new Set(['computed_at', 'as_of']);

/** Compares every number of two versions of a metrics file, in file order. */
export function numberDifferences(
  expected: MetricsRecord,
  actual: MetricsRecord,
): readonly NumberDifference[] {
  const [right, found] = [numbersOf(expected), numbersOf(actual)];
  return [...new Set([...right.keys(), ...found.keys()])]
    .map((column) => ({
      column,
      expected: right.get(column) ?? null,
      actual: found.get(column) ?? null,
    }))
    .filter((one) => one.expected !== one.actual);
}

/** Every value is a text or null in the file itself, each field on a line of its own, so that no digit is lost. */
function numbersOf(record: MetricsRecord): Numbers {
  const numbers = new Map<string, string | null>();
  const [, matter = ''] = formatMetrics(record).split('---\n', 2);
  for (const line of matter.split('\n')) {
    const colon = line.indexOf(': ');
    const field = line.slice(0, colon);
    if (colon === -1 || TIMES_OF_COMPUTING.has(field)) continue;
    const value = JSON.parse(line.slice(colon + 2)) as unknown;
    if (Array.isArray(value)) addList(numbers, field, value as readonly ListedGroup[]);
    else numbers.set(field, value === null ? null : String(value));
  }
  return numbers;
}

type ListedGroup = Readonly<Record<string, string | null>>;

/** The first value of a group names it. */
function addList(numbers: Map<string, string | null>, field: string, groups: readonly ListedGroup[]): void {
  for (const group of groups) {
    const [name = '', ...rest] = Object.keys(group);
    const prefix = `${field}.${group[name] ?? '(none)'}`;
    for (const key of rest) {
      let column = `${prefix}.${key}`;
      for (let n = 2; numbers.has(column); n++) column = `${prefix}#${n}.${key}`;
      numbers.set(column, group[key] ?? null);
    }
  }
}

/** Finds the line of a number in a metrics file. @returns from 1; the first where there is no such line. */
export function lineOfNumber(text: string, column: string): number {
  const [field = ''] = column.split('.', 1);
  const line = text.split('\n').findIndex((one) => one.startsWith(`${field}:`));
  return line === -1 ? 1 : line + 1;
}
