import { z } from 'zod';
import { stats as ask, durationText, elapsedSeconds } from '../../index.js';
import { originOf, originSchema } from '../answers/evidence.js';
import * as argument from './arguments.js';
import { given } from './given.js';
import { tool } from './tool.js';

export const getStats = tool({
  name: 'maven_get_stats',
  title: 'Statistics',
  description:
    'How many records of each kind there are, how old the newest of each feed is, how many problems the artifacts have, and whether the database is ready.',
  effect: 'reads',
  input: z.strictObject({ at: argument.at }),
  output: z.object({
    counts: z.record(z.string(), z.number().int()),
    problems: z.object({ errors: z.number().int(), warnings: z.number().int() }),
    feeds: z.array(
      z.object({ feed: z.string(), newest: z.string().nullable(), age_seconds: z.number().int().nullable() }),
    ),
    artifacts: z.string().describe('the folder that all of it was counted from'),
    definition: z.object({ name: z.string(), version: z.string() }),
    asked_at: z.string(),
    first_reconcile: z.object({
      state: z.enum(['not begun', 'running', 'done', 'failed']),
      detail: z.string().nullable(),
    }),
    read_only: z.boolean(),
    ...originSchema.shape,
  }),
  run: async (session, input, call) => {
    const options = given(input);
    const told = await session.ask(['stats', options], call, (context) => ask(context, options));
    const until = input.at === undefined ? session.now() : told.asked_at;
    const feeds = told.feeds.map(({ feed, newest }) => ({
      feed,
      newest,
      age_seconds: elapsedSeconds(newest, until),
    }));
    const trades = feeds.find(({ feed }) => feed === 'trades')?.age_seconds ?? null;
    const { counts, problems } = told;
    return {
      line: `${counts.decisions} decisions, ${counts.trades} trades${trades === null ? '' : ` (newest ${durationText(trades)} old)`}, ${counts.snapshots} snapshots; ${problems.errors} errors and ${problems.warnings} warnings in the artifacts; from ${told.source}`,
      answer: {
        counts: { ...counts },
        problems: { ...problems },
        feeds,
        artifacts: '.moha/maven',
        definition: { name: 'record_counts', version: '1' },
        asked_at: told.asked_at,
        first_reconcile: { ...session.preparation },
        read_only: session.readOnly,
        ...originOf(told),
      },
    };
  },
});
