import type { Random } from './random.js';

/** What a scenario is given. */
export interface TortureContext {
  /** An empty folder of its own. */
  readonly dir: string;
  readonly random: Random;
  /** Roughly which part of all fault points to try: 1 is every one. */
  readonly share: number;
  /** When to stop, as `performance.now()` counts. */
  readonly deadline: number;
}

/** What a scenario found. */
export interface Tally {
  faults: number;
  acknowledged: number;
  /** Acknowledged writes that are gone, or there twice. */
  lost: string[];
  /** Everything else that must not be: damage, locks for ever, somebody's work touched, no way on. */
  broken: string[];
}

export interface Scenario {
  readonly name: string;
  readonly run: (context: TortureContext) => Promise<Tally>;
}

export function emptyTally(): Tally {
  return { faults: 0, acknowledged: 0, lost: [], broken: [] };
}

export function addTally(sum: Tally, part: Tally): void {
  sum.faults += part.faults;
  sum.acknowledged += part.acknowledged;
  sum.lost.push(...part.lost);
  sum.broken.push(...part.broken);
}

/** Whether a fault point is among those to try, and there is time. */
export function isChosen(context: TortureContext): boolean {
  return performance.now() < context.deadline && context.random.next() < context.share;
}
