import { z } from 'zod';
import { type Evidence, elapsedSeconds } from '../../index.js';

export const intervalSchema = z.object({
  method: z.string(),
  level_pct: z.string(),
  low: z.string(),
  high: z.string(),
});

/** What a number is worth, told with every number. Field for field as the answers of the library have it. */
export const evidenceSchema = z
  .object({
    value: z.string().nullable(),
    unit: z.string(),
    window: z
      .object({ label: z.string(), from: z.string().nullable(), to: z.string().nullable() })
      .nullable(),
    n: z.number().int().nullable(),
    reason: z.string().nullable(),
    as_of: z.string().nullable(),
    age_seconds: z.number().int().nullable(),
    quality: z.string(),
    revision: z.string(),
    artifacts: z.object({ paths: z.array(z.string()), count: z.number().int() }),
    interval: intervalSchema.nullable(),
    basis: z.object({ kind: z.string(), note: z.string() }).nullable(),
    definition: z.object({ name: z.string(), version: z.string() }),
    source: z.enum(['postgres', 'git']),
    behind_by: z.number().int().nullable(),
  })
  .describe(
    'what the number is worth; value null = not known, for the reason; source: both give the same, git while the database is away; behind_by: commits of HEAD that it does not know',
  );

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
    age_seconds: elapsedSeconds(evidence.as_of, asked),
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
