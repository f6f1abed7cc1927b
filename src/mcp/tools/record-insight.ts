import { z } from 'zod';
import { recordInsight as record } from '../../index.js';
import { writtenAnswer, writtenSchema } from '../answers/written.js';
import { confidence, happenedAt, metadata, recordInput } from './arguments.js';
import { tool } from './tool.js';

export const recordInsight = tool({
  name: 'maven_record_insight',
  title: 'Record an insight',
  description: 'Writes a market observation in a file of its own: one commit, then the database.',
  effect: 'adds',
  input: z.strictObject({
    type: z.string().describe('what kind: funding, trend, risk, ...'),
    text: z.string(),
    asset: z.string().optional(),
    confidence,
    metadata,
    observed_at: happenedAt,
  }),
  output: writtenSchema,
  run: async (session, { observed_at: observedAt, ...fields }, call) =>
    writtenAnswer(
      await session.write(call, (context) => record(context, recordInput({ ...fields, observedAt }))),
    ),
});
