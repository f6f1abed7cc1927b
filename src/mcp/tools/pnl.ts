import { z } from 'zod';
import { amountText, pnl as ask, durationText, type SnapshotPnl } from '../../index.js';
import { evidenceSchema, originOf, originSchema } from '../answers/evidence.js';
import { pnlEvidence } from '../answers/pnl-evidence.js';
import * as argument from './arguments.js';
import { given } from './given.js';
import { tool } from './tool.js';

const warning = z.object({ code: z.string(), message: z.string() });

export const pnl = tool({
  name: 'maven_pnl',
  title: 'Profit and loss',
  description:
    'P&L of the account over 24h, 7d, 30d and all, by the newest snapshot: equity now - equity then - external flows, counted again from what git has. A deposit is no profit.',
  effect: 'reads',
  input: z.strictObject({
    window: argument.window.describe('one window; all four when absent'),
    at: argument.at.describe(
      'a time with its zone, a day (UTC), 7d or 24h before now: the newest snapshot at or before it, as HEAD has it; or a commit: as known then; HEAD when absent',
    ),
    account: argument.account,
  }),
  output: z.object({
    feed: z.string().nullable(),
    account: z.string().nullable(),
    reason: z.string().nullable().describe('why there is no answer; null when there is one'),
    pnl: z.array(evidenceSchema).describe('one a window'),
    newest_complete: z
      .array(evidenceSchema)
      .describe('where the newest snapshot is not complete: the same of the newest that is'),
    warnings: z.array(warning),
    formula: z.string(),
    ...originSchema.shape,
  }),
  run: async (session, input, call) => {
    const options = given(input);
    const told = await session.ask(['pnl', options], call, (context) => ask(context, options));
    const asked = input.at === undefined ? session.now() : told.asked_at;
    const blocks = (snapshot: SnapshotPnl | null) =>
      (snapshot?.windows ?? []).map((one) =>
        pnlEvidence(one, snapshot as SnapshotPnl, told.definition, told, asked),
      );
    const numbers = blocks(told.snapshot);
    const line =
      told.snapshot === null
        ? `P&L is not known: ${told.reason ?? ''}`
        : `${numbers.map(({ window: of, value }) => `P&L ${of?.label ?? ''} ${amountText(value)}`).join(', ')}; ` +
          `as of ${told.snapshot.as_of.slice(0, 19)}Z (${durationText(numbers[0]?.age_seconds ?? 0)} ago, ${told.snapshot.quality}), from ${told.source}`;
    return {
      line,
      answer: {
        feed: told.feed,
        account: told.account,
        reason: told.reason === null ? null : `${told.reason}; ${told.hint ?? ''}`,
        pnl: numbers,
        newest_complete: blocks(told.newest_complete),
        warnings: told.warnings.map((one) => ({ ...one })),
        formula: told.definition.formula,
        ...originOf(told),
      },
    };
  },
});
