import { z } from 'zod';
import { readDecimal } from '../../../parsers/decimal.js';
import { roundDecimal } from '../../../parsers/decimal-arithmetic.js';
import { ExactNumber, type ExactValue } from './exact-value.js';

/** Digits that a record can hold after the point. */
export const MAX_FRACTION_DIGITS = 18;

const LONG_DECIMAL = /^-?\d{1,20}\.\d{19,80}$/;

/**
 * An amount: a decimal as JSON text, canonical. More than 18 fraction digits, which is noise of the exchange's own
 * arithmetic, are rounded half away from zero at 18, as Postgres would. A JSON number in its place is refused: whoever
 * sends one has rounded it already.
 */
export const amount = z.string({ error: 'a decimal as text' }).transform((text, context): string => {
  const decimal = readDecimal(LONG_DECIMAL.test(text) ? roundDecimal(text, MAX_FRACTION_DIGITS) : text);
  if (decimal !== null) return decimal;
  context.addIssue({ code: 'custom', message: 'a decimal as text' });
  return z.NEVER;
});

const exactNumber = z.custom<ExactNumber>((value) => value instanceof ExactNumber, { error: 'a number' });

/** A small decimal that stands as a JSON number (leverage), as canonical text. */
export const numberText = exactNumber.transform(({ digits }, context): string => {
  const decimal = readDecimal(digits);
  if (decimal !== null) return decimal;
  context.addIssue({ code: 'custom', message: 'a plain number' });
  return z.NEVER;
});

/** A count, an index, or a moment in ms since 1970: a whole JSON number that a double holds exactly. */
export const wholeNumber = exactNumber.transform(({ digits }, context): number => {
  if (/^(?:0|[1-9]\d{0,15})$/.test(digits) && Number.isSafeInteger(Number(digits))) return Number(digits);
  context.addIssue({ code: 'custom', message: 'a whole number' });
  return z.NEVER;
});

/** A moment of the exchange's clock in ms, in years 1 to 9999. */
export const moment = wholeNumber.refine((ms) => ms < 253_402_300_800_000, {
  error: 'a time in milliseconds',
});

export const shortText = z
  .string({ error: 'a text' })
  .max(255, { error: 'a text of at most 255 characters' });

export const address = z
  .string({ error: 'an address' })
  .regex(/^0x[0-9a-fA-F]{40}$/, { error: 'an address' })
  .transform((text) => text.toLowerCase());

export const anyValue = z.custom<ExactValue>(() => true);

export function list<T extends z.ZodType>(item: T): z.ZodArray<T> {
  return z.array(item, { error: 'a list' });
}

/** An object with at least these keys; others are left out. */
export function object<T extends z.ZodRawShape>(shape: T): z.ZodObject<T, z.core.$strip> {
  return z.object(shape, { error: 'an object' });
}
