import { z } from 'zod';
import { commitsBehind, reconcile } from '../../index.js';
import { tool } from './tool.js';

export const syncFromGit = tool({
  name: 'maven_sync_from_git',
  title: 'Bring the database to HEAD',
  description:
    'Applies to the database exactly what HEAD implies and it lacks, and proves that nothing differs. Git is never changed. With rebuild, every artifact is read anew.',
  effect: 'projects',
  input: z.strictObject({ rebuild: z.boolean().default(false) }),
  output: z.object({
    mode: z.enum(['unchanged', 'incremental', 'full']),
    revision: z.string(),
    previous_revision: z.string().nullable(),
    artifacts_read: z.number().int(),
    tables: z.array(
      z.object({
        table: z.string(),
        inserted: z.number().int(),
        updated: z.number().int(),
        deleted: z.number().int(),
      }),
    ),
    problems: z.object({ errors: z.number().int(), warnings: z.number().int() }),
    behind_by: z.number().int().nullable(),
  }),
  run: async (session, { rebuild }, call) => {
    const report = await session.long(call, (context) => reconcile(context, rebuild ? { rebuild } : {}));
    const behind = await session.read(call, (context) => commitsBehind(context, report.revision));
    const tables = report.diffs.map(({ table, missing, changed, extra }) => ({
      table,
      inserted: missing,
      updated: changed,
      deleted: extra,
    }));
    const rows = tables.reduce(
      (sum, { inserted, updated, deleted }) => sum + inserted + updated + deleted,
      0,
    );
    const line =
      report.mode === 'unchanged'
        ? `up to date: ${report.revision.slice(0, 12)} is projected already`
        : `the database is at ${report.revision.slice(0, 12)} (${report.mode}): ${rows} rows changed, proven`;
    return {
      line,
      answer: {
        mode: report.mode,
        revision: report.revision,
        previous_revision: report.previousRevision,
        artifacts_read: report.artifactsRead,
        tables,
        problems: { ...report.problems },
        behind_by: behind,
      },
    };
  },
});
