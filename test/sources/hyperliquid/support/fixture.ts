import { readFileSync } from 'node:fs';

/** The account of the fixtures. */
export const ACCOUNT = '0x8e2f4b6a9c01d3e5f7089ab1c2d3e4f506172839';

/** Text of a recorded answer. */
export function fixture(name: string): string {
  return readFileSync(new URL(`../../../../fixtures/hyperliquid/${name}.json`, import.meta.url), 'utf8');
}
