/** A line as it stood in a file. */
export interface PlacedLine {
  readonly line: string;
  /** From 1; blank lines count. */
  readonly number: number;
}

/**
 * Finds the lines that one version of a file has more often than another, wherever they stand.
 *
 * Of equal lines the last ones are the lost ones. Blank lines hold nothing that could be lost.
 */
export function lostLines(before: string, after: string): readonly PlacedLine[] {
  const left = new Map<string, number>();
  for (const line of after.split('\n')) left.set(line, (left.get(line) ?? 0) + 1);
  return before.split('\n').flatMap((line, index) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count > 0 || line === '' ? [] : [{ line, number: index + 1 }];
  });
}
