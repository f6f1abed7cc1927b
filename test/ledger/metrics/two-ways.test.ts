import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { formatMetrics, type MetricsRecord, parseMetrics } from '../../../parsers/metrics.js';
import { metricsPath } from '../../../parsers/paths.js';
import type { PerformanceFacts, PerformanceScope } from '../../../parsers/performance-tally.js';
import { METRICS_PERIODS, periodAt } from '../../../parsers/period.js';
import { prepareSchema } from '../../../src/db/migrator.js';
import { sql } from '../../../src/db/sql.js';
import { equityHistory } from '../../../src/ledger/metrics/equity.js';
import { foldPerformance } from '../../../src/ledger/metrics/fold-performance.js';
import { performanceOf } from '../../../src/ledger/metrics/performance.js';
import { performanceInPostgres } from '../../../src/projection/questions/performance/performance-in-postgres.js';
import { describeEachDatabase, type TestDatabase } from '../../support/databases.js';
import { loadLedger } from './load-ledger.js';
import { ledgers } from './random-ledger.js';

/** For long runs, set the count. */
const RUNS = Number(process.env.MAVEN_METRICS_RUNS ?? 100);
const COMPUTED_AT = '2026-01-06T18:00:00.000000+00:00';
const ALL: PerformanceScope = { kinds: METRICS_PERIODS, periods: null };

describeEachDatabase('two ways to the same performance', (open) => {
  let databases: TestDatabase;
  beforeAll(async () => {
    databases = await open();
  });
  afterAll(() => databases.close());

  it('SQL over the projection and the fold over the ledger agree to the digit, in every period', async () => {
    const database = await databases.fresh();
    await database.withSession(async (session) => {
      await prepareSchema(session, false);
      await sql`insert into maven_projection values (true, 'abc', 'def', 1, '{}')`.execute(session.db);
      await fc.assert(
        fc.asyncProperty(ledgers, async (content) => {
          await loadLedger(session, content);
          for (const scope of [ALL, oneOfEach('2026-01-05T00:30:00.000000+00:00')]) {
            const { answer } = await performanceInPostgres(session, scope);
            const asked = recordsOf(answer);
            expect(asked).toEqual(recordsOf(foldPerformance(content, scope)));
            for (const record of asked.values()) expectReadBack(record);
          }
        }),
        { numRuns: RUNS },
      );
    });
  }, 1_200_000);
});

function oneOfEach(time: string): PerformanceScope {
  const periods = METRICS_PERIODS.flatMap((kind) => periodAt(kind, time) ?? []);
  return { kinds: METRICS_PERIODS, periods };
}

function recordsOf({ tallies, days, equity }: PerformanceFacts): ReadonlyMap<string, MetricsRecord> {
  const surroundings = { equity: equityHistory(equity), days, computedAt: COMPUTED_AT };
  const records = tallies.map((tally) => performanceOf(tally, surroundings));
  const sorted = records.map((record) => [`${record.period}/${record.label}`, record] as const);
  return new Map(sorted.sort(([left], [right]) => (left < right ? -1 : 1)));
}

function expectReadBack(record: MetricsRecord): void {
  const path = metricsPath(record.period, record.label);
  const { records, problems } = parseMetrics(formatMetrics(record), path);
  expect([records[0]?.record, problems]).toEqual([record, []]);
}
