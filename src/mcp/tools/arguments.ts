import { z } from 'zod';
import { DEFAULT_TOKENS } from '../answers/page.js';

/** Arguments that several tools have. */
export const at = z
  .string()
  .optional()
  .describe(
    'as it was known then: a time with its zone, a day (UTC), 7d or 24h before now, or a commit; HEAD when absent',
  );
export const account = z
  .string()
  .optional()
  .describe('an address; needed where several accounts have snapshots');
export const window = z.enum(['24h', '7d', '30d', 'all']).optional();
export const period = z
  .enum(['hour', 'day', 'week', 'month', 'all_time'])
  .optional()
  .describe('all_time when absent');
export const label = z
  .string()
  .optional()
  .describe('which one: 2026-01-14T15, 2026-01-14, 2026-W03, 2026-01; the present one when absent');
export const cursor = z.string().optional().describe('next_cursor of the page before');
export const maxTokens = z
  .number()
  .int()
  .min(500)
  .max(8000)
  .default(DEFAULT_TOKENS)
  .describe('about how long the answer may be');
export const since = z
  .string()
  .optional()
  .describe(
    'earliest time of opening or, for decisions, of deciding: a time with its zone, a day (UTC), or 7d, 24h, 30m before now',
  );
export const until = z.string().optional().describe('latest, in the same forms; a day stands for all of it');

/** A JSON object; read further by what keeps it, which loses no digit and no key. */
export const jsonObject = z
  .unknown()
  .refine((value) => typeof value === 'object' && value !== null && !Array.isArray(value), {
    message: 'expected an object',
  })
  .meta({ type: 'object', additionalProperties: true });

export const metadata = jsonObject.optional().describe('an object of your own; long numbers as text');
export const confidence = z
  .union([z.number(), z.string()])
  .optional()
  .describe('in percent, 0 to 100, such as 82');
export const happenedAt = z.string().optional().describe('ISO 8601 with a zone; now when absent');

/** Arguments as the recording functions of the library take them: text, nothing where nothing was given. */
export function recordInput<K extends string>(
  fields: Readonly<Partial<Record<K, unknown>>>,
): Partial<Record<K, string>> {
  const input: Partial<Record<K, string>> = {};
  for (const [name, value] of Object.entries(fields) as [K, unknown][]) {
    if (value !== undefined && value !== null)
      input[name] = typeof value === 'object' ? JSON.stringify(value) : String(value);
  }
  return input;
}
