import type { Migration } from 'kysely';
import { coreTables } from './0001-core-tables.js';
import { questions } from './0002-questions.js';
import { performance } from './0003-performance.js';
import { runs } from './0004-runs.js';
import { decisionPerformance } from './0005-decision-performance.js';
import { flowsSince } from './0006-flows-since.js';

/** All migrations, in order; forward only. A name once released never changes. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-core-tables': coreTables,
  '0002-questions': questions,
  '0003-performance': performance,
  '0004-runs': runs,
  '0005-decision-performance': decisionPerformance,
  '0006-flows-since': flowsSince,
};
