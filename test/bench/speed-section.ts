import type { BenchResults } from './results.js';
import { growthTable, notes, speedTable } from './tables.js';

/** README's speed section as Markdown, without its heading. */
export function speedSection(results: BenchResults): string {
  return [speedTable(results), growthTable(results), notes(results)]
    .filter((part) => part !== '')
    .join('\n\n');
}
