import type { MetricsReport } from '../index.js';

type Kind = MetricsReport['written'][number]['period'];

/** Which metrics a loop writes in each of its rounds. */
export interface MetricsRounds {
  readonly intervalSeconds: number;
  /** @returns the only kind that is due; null = every kind. */
  due(now: Date): Kind | null;
  /** A round that began then went well; until it is told, what was due stays due. */
  served(begun: Date): void;
}

const HOUR_SECONDS = 3600;
const DAY_SECONDS = 86_400;

/**
 * Begins with everything; then hours at the full hour, all else with the first round of a UTC day.
 *
 * @param only - the kind that was asked for, hours every hour and all others every day; null = all.
 */
export function metricsRounds(only: Kind | null): MetricsRounds {
  let dayServed = '';
  const dayOf = (time: Date): string => time.toISOString().slice(0, 10);
  return {
    intervalSeconds: only === null || only === 'hour' ? HOUR_SECONDS : DAY_SECONDS,
    due: (now) => only ?? (dayServed === dayOf(now) ? 'hour' : null),
    served(begun) {
      dayServed = dayOf(begun);
    },
  };
}
