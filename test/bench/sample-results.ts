import type { BenchResults, GroupResult, GrowthRow, RunDescription, SpeedRow } from './results.js';

/** Made-up figures for the tests of tables and plots. */
export const RUN: RunDescription = {
  date: '2026-02-03T04:05:06.000Z',
  commit: '0123456789abcdef0123456789abcdef01234567',
  changed: false,
  seed: 7,
  size: { trades: 100_000, decisions: 20_000, snapshots: 8760 },
  runs: 3,
  machine: {
    cpu: 'Some CPU',
    cores: 2,
    memoryMiB: 24_000,
    system: 'Linux 6.1 x64',
    load: [0.1, 0.25, 0.3],
    busyPct: 2,
    busy: false,
  },
  peers: [
    { name: 'node', version: 'v20.20.2' },
    { name: 'ledger', version: null },
  ],
};

export const REBUILD: SpeedRow = {
  id: 'rebuild',
  what: 'rebuild of an empty Postgres',
  against: 'psql \\copy',
  seconds: { median: 6.2212, min: 6, max: 7 },
  againstSeconds: { median: 1.364, min: 1.3, max: 1.5 },
  ratio: { median: 4.561, min: 4, max: 5.384 },
  goal: 1,
  met: false,
  runs: 3,
  peakMiB: 412.4,
  againstPeakMiB: null,
};

export const STATUS: GrowthRow = {
  id: 'status',
  what: 'status',
  database: 'postgres',
  points: [
    { trades: 10_000, decisions: 100, seconds: { median: 0.15, min: 0.14, max: 0.2 }, peakMiB: 60 },
    { trades: 10_000, decisions: 20_000, seconds: { median: 0.15, min: 0.14, max: 0.2 }, peakMiB: 60 },
    { trades: 1_000_000, decisions: 20_000, seconds: { median: 0.18, min: 0.14, max: 0.2 }, peakMiB: 66 },
  ],
  overTrades: { time: 1.2, memory: 1.1 },
  overDecisions: { time: 1, memory: 1 },
  goal: 1.3,
  met: true,
};

export function groupOf(group: GroupResult['group'], found: Partial<GroupResult>): GroupResult {
  return { group, run: RUN, rows: [], growth: [], history: [], leftOut: [], ...found };
}

export function resultsOf(...groups: readonly GroupResult[]): BenchResults {
  return { format: 1, groups };
}
