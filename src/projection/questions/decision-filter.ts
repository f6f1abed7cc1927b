import { MavenError } from '../../errors.js';
import { readCursor } from './cursor.js';
import { readLimit, readQuestionText } from './question-text.js';
import { readQuestionTime } from './question-time.js';
import { asciiLowerCase } from './trade-filter.js';

/** What became of a decision; see `OUTCOME_DEFINITION`. */
export const DECISION_OUTCOMES = ['open', 'win', 'loss', 'breakeven', 'unknown', 'no_trades'] as const;
export type DecisionOutcome = (typeof DECISION_OUTCOMES)[number];

/** Which decisions, as a person asks for them. */
export interface DecisionOptions {
  readonly outcome?: string;
  /** Case does not matter; a decision on `BTC,ETH` is one on either. */
  readonly asset?: string;
  /** `decision_type`; case does not matter. */
  readonly type?: string;
  /** Decided at or after: a time with its zone, a day (UTC), or `7d`, `24h`, `30m` before now. */
  readonly since?: string;
  /** Decided at or before; a day stands for all of it. */
  readonly until?: string;
  /** From 1; 20 when absent. */
  readonly limit?: number;
  /** `next_cursor` of the page before. */
  readonly cursor?: string;
  /** A time or a revision; HEAD and now when absent. See {@link askedMoment}. */
  readonly at?: string;
}

/** Which decisions, checked; null = whatever. */
export interface DecisionFilter {
  readonly outcome: DecisionOutcome | null;
  /** In lower case, without spaces. */
  readonly asset: string | null;
  readonly type: string | null;
  readonly since: string | null;
  readonly until: string | null;
  readonly limit: number;
  /** Only decisions that stand after this one. */
  readonly after: { readonly decidedAt: string; readonly decision: string } | null;
}

const HINT = 'see maven-git decisions --help';

/** @throws {@link MavenError} INPUT_INVALID naming the option. */
export function readDecisionFilter(options: DecisionOptions, now: Date): DecisionFilter {
  const text = (name: 'asset' | 'type'): string | null =>
    asciiLowerCase(readQuestionText(name, options[name], HINT));
  const time = (name: 'since' | 'until', edge: 'start' | 'end'): string | null => {
    const given = options[name];
    return given === undefined ? null : readQuestionTime({ name, text: given, edge, now, hint: HINT });
  };
  return {
    outcome: readOutcome(options.outcome),
    asset: text('asset')?.replaceAll(' ', '') ?? null,
    type: text('type'),
    since: time('since', 'start'),
    until: time('until', 'end'),
    limit: readLimit(options.limit ?? 20, 10_000, HINT),
    after: options.cursor === undefined ? null : readAfter(options.cursor, now),
  };
}

function readOutcome(text: string | undefined): DecisionOutcome | null {
  if (text === undefined) return null;
  const outcome = DECISION_OUTCOMES.find((known) => known === text);
  if (outcome !== undefined) return outcome;
  const received = text.slice(0, 100);
  throw new MavenError(
    'INPUT_INVALID',
    `outcome: expected ${DECISION_OUTCOMES.join(', ')}; got ${JSON.stringify(received)}`,
    { hint: HINT, data: { option: 'outcome', received } },
  );
}

function readAfter(cursor: string, now: Date): DecisionFilter['after'] {
  const [text = '', decision = ''] = readCursor(cursor, 2);
  return { decidedAt: readQuestionTime({ name: 'cursor', text, edge: 'end', now, hint: HINT }), decision };
}
