import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { helpWidth } from './help-width.js';

/** The widths in which the build writes the help down: of a pipe, and of a wide terminal. */
export const PREPARED_WIDTHS = [100, 110] as const;

/**
 * Finds the help that the build has written down: reading it takes a tenth of laying it out anew.
 *
 * @returns null = something else is asked, or this width was not prepared.
 */
export function preparedHelp(argv: readonly string[], columns: number | undefined): string | null {
  if (argv.length !== 1 || (argv[0] !== '--help' && argv[0] !== '-h')) return null;
  const folder = path.dirname(fileURLToPath(import.meta.url));
  try {
    return readFileSync(path.join(folder, `help-${helpWidth(columns)}.txt`), 'utf8');
  } catch {
    return null;
  }
}
