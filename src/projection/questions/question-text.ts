import { MavenError } from '../../errors.js';

const LONGEST = 1000;

/**
 * Checks a text that is looked for.
 *
 * @returns null = not asked for.
 * @throws {@link MavenError} INPUT_INVALID naming the option.
 */
export function readQuestionText(name: string, text: string | undefined, hint: string): string | null {
  if (text === undefined) return null;
  // Postgres takes no such character in a parameter; no record holds one either.
  const possible =
    text.trim() !== '' && text.length <= LONGEST && text.isWellFormed() && !text.includes('\0');
  if (possible) return text;
  const received = text.slice(0, 100);
  throw new MavenError(
    'INPUT_INVALID',
    `${name}: expected a text of 1 to ${LONGEST} characters; got ${JSON.stringify(received)}`,
    { hint, data: { option: name, received } },
  );
}

/** @throws {@link MavenError} INPUT_INVALID naming the option. */
export function readLimit(limit: number, most: number, hint: string): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= most) return limit;
  throw new MavenError('INPUT_INVALID', `limit: expected a whole number from 1 to ${most}; got ${limit}`, {
    hint,
    data: { option: 'limit', received: limit },
  });
}
