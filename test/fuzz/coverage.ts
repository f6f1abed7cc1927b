import { register } from 'node:module';

/** What one run has reached: a number for each counter and rough count of its passes. */
export type Reached = readonly number[];

interface Counters {
  /** Of the run that goes on. */
  readonly now: Uint32Array;
  /** Whether ever counted. */
  readonly ever: Uint8Array;
}

/** Counters of every block and branch of the code that is fuzzed, for what is loaded after this was made. */
export class Coverage {
  readonly #modules: Counters[] = [];

  constructor() {
    (globalThis as { fuzzCounters?: unknown }).fuzzCounters = (_url: string, size: number): Uint32Array => {
      const counters = { now: new Uint32Array(size), ever: new Uint8Array(size) };
      this.#modules.push(counters);
      return counters.now;
    };
    register(new URL('./instrument.js', import.meta.url));
  }

  /** What was run since the last call, as features to compare runs by. */
  take(): Reached {
    const features: number[] = [];
    for (const [module, { now, ever }] of this.#modules.entries())
      for (let counter = 0; counter < now.length; counter += 1) {
        const count = now[counter] ?? 0;
        if (count === 0) continue;
        now[counter] = 0;
        ever[counter] = 1;
        // At most 65,536 counters a module and 64 buckets.
        features.push((module * 65_536 + counter) * 64 + bucketOf(count));
      }
    return features;
  }

  /** Blocks and branches ever reached, and how many there are in the modules that were loaded. */
  total(): { readonly reached: number; readonly all: number } {
    let [reached, all] = [0, 0];
    for (const { ever } of this.#modules) {
      all += ever.length;
      for (const one of ever) reached += one;
    }
    return { reached, all };
  }
}

/** 1, 2, 3, 4 to 7, 8 to 15, and so on: whether a loop ran 17 or 18 times is not news. */
function bucketOf(count: number): number {
  return count < 4 ? count : 2 + Math.floor(Math.log2(count));
}
