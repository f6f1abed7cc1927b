/** How wide the help is on a terminal of so many columns; undefined = there is none. */
export function helpWidth(columns: number | undefined): number {
  return Math.min(110, columns ?? 100);
}
