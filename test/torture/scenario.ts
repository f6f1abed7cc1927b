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
  /** URL of a real Postgres server on which databases may be made; started when it is first asked for. */
  readonly postgres: () => Promise<string>;
}

/** What a scenario found. */
export interface Tally {
  /** Situations that were tried, with a fault or without; at least as many as faults. */
  tries: number;
  faults: number;
  acknowledged: number;
  /** Acknowledged writes that are gone, or there twice. */
  lost: string[];
  /** Everything else that must not be: damage, locks for ever, somebody's work touched, no way on, a wrong number. */
  broken: string[];
  /** What `verify` still found after one reconcile. */
  drift: string[];
  /** Parts that could not be tried on this machine, and why. They are never counted as passed. */
  notRun: string[];
  /** How often each kind of fault was injected, where a scenario has several. */
  kinds: Record<string, number>;
}

export interface Scenario {
  readonly name: string;
  readonly run: (context: TortureContext) => Promise<Tally>;
}

export function emptyTally(): Tally {
  return { tries: 0, faults: 0, acknowledged: 0, lost: [], broken: [], drift: [], notRun: [], kinds: {} };
}

/** Runs a scenario; one that falls over keeps what it had found, and that is a finding too. */
export async function collect(work: (tally: Tally) => Promise<void>): Promise<Tally> {
  const tally = emptyTally();
  try {
    await work(tally);
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    tally.broken.push(`the scenario itself ended: ${text}`);
  }
  return tally;
}

export function addTally(sum: Tally, part: Tally): void {
  sum.tries += part.tries;
  sum.faults += part.faults;
  sum.acknowledged += part.acknowledged;
  sum.lost.push(...part.lost);
  sum.broken.push(...part.broken);
  sum.drift.push(...part.drift);
  sum.notRun.push(...part.notRun);
  for (const [kind, count] of Object.entries(part.kinds)) countKind(sum, kind, count);
}

/** Notes a fault of one kind among several. */
export function countKind(tally: Tally, kind: string, count = 1): void {
  tally.kinds[kind] = (tally.kinds[kind] ?? 0) + count;
}

/** Everything that must not be. */
export function findingsOf(tally: Tally): readonly string[] {
  return [...tally.lost, ...tally.broken, ...tally.drift];
}

/** Whether a fault point is among those to try, and there is time. */
export function isChosen(context: TortureContext): boolean {
  return performance.now() < context.deadline && context.random.next() < context.share;
}

/** How many of a number of tries to make; at least one. */
export function shareOf(context: Pick<TortureContext, 'share'>, all: number): number {
  return Math.max(1, Math.round(all * context.share));
}
