import { METRICS_PERIODS, type Period, periodAt, periodOfLabel } from '../../../parsers/period.js';
import { MavenError } from '../../errors.js';

/** Which stretch of time, as a person asks for it. */
export interface PeriodOptions {
  /** `hour`, `day`, `week`, `month` or `all_time`; what the label is of, or `all_time`, when absent. */
  readonly period?: string;
  /** `2026-01-14T15`, `2026-01-14`, `2026-W03`, `2026-01`, `all_time`; the one that holds the time asked when absent. */
  readonly label?: string;
}

/**
 * Finds the period that is meant.
 *
 * @param askedAt - canonical; a period without a label is the one that holds it.
 * @throws {@link MavenError} INPUT_INVALID naming the option.
 */
export function readPeriod({ period, label }: PeriodOptions, askedAt: string): Period {
  const kind = METRICS_PERIODS.find((one) => one === period);
  if (period !== undefined && kind === undefined) throw invalid('period', METRICS_PERIODS.join(', '), period);
  if (label === undefined) {
    const found = periodAt(kind ?? 'all_time', askedAt);
    if (found === null) throw invalid('period', 'a time in years 1 to 9999', askedAt);
    return found;
  }
  for (const one of kind === undefined ? METRICS_PERIODS : [kind]) {
    if (one === 'all_time' && label !== 'all_time') continue;
    const found = periodOfLabel(one, label);
    if (found !== null) return found;
  }
  const expected =
    kind === undefined
      ? 'an hour (2026-01-14T15), a day (2026-01-14), a week (2026-W03), a month (2026-01) or all_time'
      : `the label of a ${kind}, such as ${EXAMPLES[kind]}`;
  throw invalid('label', expected, label);
}

const EXAMPLES: Readonly<Record<Period['period'], string>> = {
  hour: '2026-01-14T15',
  day: '2026-01-14',
  week: '2026-W03',
  month: '2026-01',
  all_time: 'all_time',
};

function invalid(name: string, expected: string, text: string): MavenError {
  const received = text.slice(0, 100);
  return new MavenError('INPUT_INVALID', `${name}: expected ${expected}; got ${JSON.stringify(received)}`, {
    hint: 'see maven-git performance --help',
    data: { option: name, expected, received },
  });
}
