import { describe, expect, it } from 'vitest';
import type { BatchPlan } from '../../../src/ledger/sync-trades/plan-batch.js';
import { SyncTally } from '../../../src/ledger/sync-trades/sync-report.js';

const PNL = { realizedUsd: '10', feesUsd: '1', netUsd: '9', otherFeesUsd: '0' };
const PLAN: BatchPlan = {
  days: new Map(),
  counts: { new: 3, closed: 2, revised: 1, unchanged: 4, linked: 1 },
  pnl: PNL,
  skipped: [{ id: '7', reason: 'no size' }],
  warnings: ['something to look at'],
  open: null,
  epoch: 1,
};
const COMMIT = { commit: 'a'.repeat(40), parent: null, paths: [], keptDirty: [] };
const RUN = {
  chosen: { mode: 'full', selection: { kind: 'all' }, reason: null },
  dryRun: false,
  vanished: null,
} as const;

describe('the counts of a sync that begins again', () => {
  it('a dry run, which has committed nothing, counts and warns of everything once', () => {
    const tally = new SyncTally(() => {});
    tally.addPlan(PLAN);
    tally.beginAgain();
    tally.addPlan(PLAN);
    expect(tally.report(RUN)).toMatchObject({
      ...PLAN.counts,
      skipped: 1,
      pnl: PNL,
      warnings: PLAN.warnings,
      warningCount: 1,
    });
  });

  it('what is committed stays counted, and is unchanged the second time', () => {
    const tally = new SyncTally(() => {});
    tally.addPlan(PLAN);
    tally.addCommit(COMMIT);
    tally.beginAgain();
    tally.addPlan({
      ...PLAN,
      counts: { new: 0, closed: 0, revised: 0, unchanged: 10, linked: 0 },
      pnl: { realizedUsd: '0', feesUsd: '0', netUsd: '0', otherFeesUsd: '0' },
      warnings: [],
    });
    expect(tally.report(RUN)).toMatchObject({
      ...PLAN.counts,
      unchanged: 10,
      skipped: 1,
      commits: 1,
      pnl: PNL,
      warningCount: 1,
    });
  });
});
