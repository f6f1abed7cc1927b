/**
 * Finds the line of a field in a snapshot as this program writes it: each key on a line of its own, indented by depth.
 *
 * @param column - keys with dots between: `pnl.24h.value_usd`.
 * @returns from 1; null = there is no such line.
 */
export function lineOfField(text: string, column: string): number | null {
  const lines = text.split('\n');
  let at = -1;
  for (const [depth, key] of column.split('.').entries()) {
    const start = `${'  '.repeat(depth + 1)}${JSON.stringify(key)}:`;
    at = lines.findIndex((line, index) => index > at && line.startsWith(start));
    if (at === -1) return null;
  }
  return at + 1;
}
