import { z } from 'zod';
import { recordEvent } from '../../index.js';
import { writtenAnswer, writtenSchema } from '../answers/written.js';
import { happenedAt, metadata, recordInput } from './arguments.js';
import { tool } from './tool.js';

export const logEvent = tool({
  name: 'maven_log_event',
  title: 'Log an event',
  description: 'Appends an event to the session log: one commit, then the database.',
  effect: 'adds',
  input: z.strictObject({
    type: z.string().describe('what happened, in a word: ALERT, REBALANCE, ...'),
    text: z.string().optional(),
    metadata,
    occurred_at: happenedAt,
  }),
  output: writtenSchema,
  run: async (session, { type, text, metadata, occurred_at: occurredAt }, call) =>
    writtenAnswer(
      await session.write(call, (context) =>
        recordEvent(context, recordInput({ type, text, metadata, occurredAt })),
      ),
    ),
});
