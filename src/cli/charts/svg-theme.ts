/**
 * Colours of a chart, for light and dark surroundings. Told apart by shape and dash too, never by colour alone.
 *
 * Each light colour is another one: the dark ones are put over them by their value.
 */
export const CHART_COLOURS = {
  ground: { light: '#ffffff', dark: '#0d1117' },
  ink: { light: '#1f2328', dark: '#e6edf3' },
  quiet: { light: '#59636e', dark: '#9da7b3' },
  grid: { light: '#e3e7eb', dark: '#262c34' },
  zero: { light: '#8c959f', dark: '#6e7681' },
  equity: { light: '#0550ae', dark: '#6cb6ff' },
  pnl: { light: '#6639ba', dark: '#c297ff' },
  deposit: { light: '#116329', dark: '#56d364' },
  withdrawal: { light: '#a04100', dark: '#ffa657' },
} as const;

/** The style sheet by which a viewer that prefers dark gets the dark colours; others ignore it. */
export function darkStyle(): string {
  return `<style>@media (prefers-color-scheme:dark){${darkRules().join('')}}</style>`;
}

/** Puts the dark colours over the light ones. */
export function darkRules(): readonly string[] {
  return Object.values(CHART_COLOURS).flatMap(({ light, dark }) => [
    `[fill="${light}"]{fill:${dark}}`,
    `[stroke="${light}"]{stroke:${dark}}`,
  ]);
}
