import type { PerformanceFacts } from '../../../parsers/performance-tally.js';
import type { Period } from '../../../parsers/period.js';
import type { Session } from '../../db/database.js';
import type { EvidenceArtifacts } from './evidence.js';
import { inOneMoment } from './in-one-moment.js';
import { performanceInPostgres } from './performance/performance-in-postgres.js';
import { type StatedMetrics, statedMetrics } from './stated-metrics.js';
import { ledgersOf, newestRevision } from './trade-evidence.js';

/** What a period's performance is computed from, and what its metrics file states. */
export interface PeriodFacts {
  readonly facts: PerformanceFacts;
  /** Null = there is no file. */
  readonly stated: StatedMetrics | null;
  /** When the newest revision of any trade was recorded. */
  readonly asOf: string | null;
  readonly ledgers: EvidenceArtifacts;
}

/** Counts a period, and reads beside it what its metrics file states, both of one revision. */
export async function performanceFacts(
  session: Session,
  period: Period,
): Promise<{ readonly revision: string; readonly answer: PeriodFacts }> {
  for (;;) {
    const counted = await performanceInPostgres(session, { kinds: [period.period], periods: [period] });
    const beside = await inOneMoment(session, async (db) => ({
      stated: await statedMetrics(db, period),
      asOf: await newestRevision(db),
      ledgers: await ledgersOf(db, period, null),
    }));
    // Another process may have projected a commit in between.
    if (counted.revision === beside.revision)
      return { revision: counted.revision, answer: { facts: counted.answer, ...beside.answer } };
  }
}
