import type { Report } from '../../index.js';

/** Tells why a number of the performance is not known. @param field - as its metrics file names it. */
export function reasonOf({ reasons }: Report['performance'], field: string): string {
  return reasons.find((reason) => reason.field === field)?.reason ?? 'it is not defined here';
}
