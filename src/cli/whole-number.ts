import { MavenError } from '../index.js';

/** Reads an option that is a whole number. @throws {@link MavenError} USAGE naming the option and its bounds. */
export function wholeNumber(option: string, text: string | undefined, least: number, most: number): number {
  const value = /^\d{1,9}$/.test(text ?? '') ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  const found = text === undefined ? 'nothing' : JSON.stringify(text.slice(0, 32));
  const expected = `a whole number from ${least} to ${most}`;
  throw new MavenError('USAGE', `${option}: expected ${expected}, got ${found}`, {
    hint: 'see --help',
    data: { option, expected },
  });
}
