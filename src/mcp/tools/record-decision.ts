import { z } from 'zod';
import { recordDecision as record } from '../../index.js';
import { writtenAnswer, writtenSchema } from '../answers/written.js';
import { confidence, happenedAt, metadata, recordInput } from './arguments.js';
import { tool } from './tool.js';

export const recordDecision = tool({
  name: 'maven_record_decision',
  title: 'Record a decision',
  description:
    'Writes a decision with its reasons, and counts it in the identity: one commit, then the database.',
  effect: 'adds',
  input: z.strictObject({
    type: z.string().describe('buy, sell, hold, allocation, ...'),
    action: z.string().describe('what is done'),
    reasoning: z.string().optional().describe('why'),
    asset: z.string().optional().describe('BTC, or BTC,ETH'),
    risk: z.string().optional().describe('low, medium, high'),
    confidence,
    metadata,
    decided_at: happenedAt,
  }),
  output: writtenSchema,
  run: async (session, { decided_at: decidedAt, ...fields }, call) =>
    writtenAnswer(
      await session.write(call, (context) => record(context, recordInput({ ...fields, decidedAt }))),
    ),
});
