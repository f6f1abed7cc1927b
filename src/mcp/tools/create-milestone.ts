import { z } from 'zod';
import { recordMilestone } from '../../index.js';
import { writtenAnswer, writtenSchema } from '../answers/written.js';
import { happenedAt, metadata, recordInput } from './arguments.js';
import { tool } from './tool.js';

export const createMilestone = tool({
  name: 'maven_create_milestone',
  title: 'Create a milestone',
  description: 'Writes a milestone in a file of its own: one commit, then the database.',
  effect: 'adds',
  input: z.strictObject({
    title: z.string(),
    text: z.string().optional(),
    metadata,
    achieved_at: happenedAt,
  }),
  output: writtenSchema,
  run: async (session, { achieved_at: achievedAt, ...fields }, call) =>
    writtenAnswer(
      await session.write(call, (context) =>
        recordMilestone(context, recordInput({ ...fields, achievedAt })),
      ),
    ),
});
