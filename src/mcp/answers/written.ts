import { z } from 'zod';
import type { Recorded, WithProjection } from '../../index.js';

/** What a writing tool answers. */
export const writtenSchema = z.object({
  path: z.string().describe('the artifact, in the repository'),
  file: z.string().describe('its name'),
  commit: z.string().nullable().describe('null = it stood there already: no commit'),
  database: z
    .enum(['projected', 'deferred', 'refused', 'unchanged'])
    .describe('whether the database took it; deferred: the next reconcile does; refused: a person must look'),
  reason: z.string().nullable().describe('why the database did not take it'),
  kept_edits: z
    .array(z.string())
    .describe('files that a person is editing: committed, their copy left alone'),
});

export type Written = z.output<typeof writtenSchema>;

export function writtenAnswer(result: WithProjection<Recorded>): {
  readonly line: string;
  readonly answer: Written;
} {
  const { path, commit, published } = result;
  const answer: Written = {
    path,
    file: path.slice(path.lastIndexOf('/') + 1),
    commit: commit?.commit ?? null,
    database: published?.status ?? 'unchanged',
    reason: published === null || published.status === 'projected' ? null : published.reason,
    kept_edits: [...(commit?.keptDirty ?? [])],
  };
  const told = answer.database === 'projected' ? 'the database has it' : `database: ${answer.database}`;
  const line =
    commit === null
      ? `${path} says so already: no commit`
      : `committed ${commit.commit.slice(0, 12)}: ${path}; ${told}`;
  return { line, answer };
}
