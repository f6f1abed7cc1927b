import { z } from 'zod';
import type { Evidence } from '../../index.js';

export const intervalSchema = z.object({
  method: z.string(),
  level_pct: z.string(),
  low: z.string(),
  high: z.string(),
});

/** What a number is worth, told with every number. Field for field as the answers of the library have it. */
export const evidenceSchema = z.object({
  value: z
    .string()
    .nullable()
    .describe('exact decimal text; null = not known, for the reason; never 0 for that'),
  unit: z.string(),
  window: z
    .object({ label: z.string(), from: z.string().nullable(), to: z.string().nullable() })
    .nullable()
    .describe('null = of one moment'),
  n: z.number().int().nullable().describe('how many records it was counted from'),
  reason: z.string().nullable().describe('why there is no value; null when there is one'),
  as_of: z.string().nullable().describe('time of the newest record it was counted from'),
  age_seconds: z.number().int().nullable().describe('from as_of to now, or to the time asked'),
  quality: z.string().describe('complete, or partial: something that belongs to it is not known'),
  revision: z.string().describe('the commit that was asked'),
  artifacts: z
    .object({ paths: z.array(z.string()), count: z.number().int() })
    .describe('files it came from: the first ones, and how many there are'),
  interval: intervalSchema.nullable().describe('where the true value lies; null = not a share, or no value'),
  basis: z
    .object({ kind: z.string(), note: z.string() })
    .nullable()
    .describe('how it was counted and checked'),
  definition: z.object({ name: z.string(), version: z.string() }),
  source: z.enum(['postgres', 'git']).describe('both give the same; git answers while the database is away'),
  behind_by: z.number().int().nullable().describe('commits of HEAD that the answer does not know'),
});

export type EvidenceBlock = z.output<typeof evidenceSchema>;

/** Where an answer is from. */
export interface Origin {
  readonly revision: string;
  readonly source: 'postgres' | 'git';
  readonly behind_by: number | null;
}

/** Makes the block of a number that the library has told with its evidence. */
export function evidenceBlock(evidence: Evidence, from: Origin, asked: string | Date): EvidenceBlock {
  const { artifacts, definition, window, interval, basis, ...number } = evidence;
  return {
    ...number,
    window: window === null ? null : { ...window },
    interval: interval === null ? null : { ...interval },
    basis: { kind: basis.kind, note: basis.note },
    age_seconds: ageSeconds(evidence.as_of, asked),
    artifacts: { paths: artifacts.paths.slice(0, MOST_PATHS), count: artifacts.count },
    definition: { ...definition },
    revision: from.revision,
    source: from.source,
    behind_by: from.behind_by,
  };
}

const MOST_PATHS = 5;

/** What stands beside the numbers of an answer. */
export const originSchema = z.object({
  revision: z.string(),
  source: z.enum(['postgres', 'git']),
  behind_by: z.number().int().nullable(),
  notice: z.string().nullable().describe('what to know about this answer; null = nothing'),
});

/** Tells where an answer is from, and what to know about it. */
export function originOf(
  answer: Origin & { readonly notice: string | null },
  more: string | null = null,
): z.output<typeof originSchema> {
  const notices = [answer.notice, more].filter((notice) => notice !== null);
  return {
    revision: answer.revision,
    source: answer.source,
    behind_by: answer.behind_by,
    notice: notices.length === 0 ? null : notices.join('; '),
  };
}

/** @returns whole seconds from a canonical time to another, never below 0. */
export function ageSeconds(time: string | null, asked: string | Date): number | null {
  if (time === null) return null;
  const until = typeof asked === 'string' ? Date.parse(asked) : asked.getTime();
  return Math.max(0, Math.floor((until - Date.parse(time)) / 1000));
}
