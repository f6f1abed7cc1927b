import type { Random } from '../torture/random.js';
import type { Reached } from './coverage.js';

/** Inputs to go on from: of everything ever reached, the shortest input that reaches it. */
export class Corpus {
  readonly #shortest = new Map<number, Buffer>();
  #inputs: readonly Buffer[] | null = null;

  /** Takes an input that reaches something new, or something known in fewer bytes. */
  add(bytes: Buffer, reached: Reached): void {
    for (const feature of reached) {
      const known = this.#shortest.get(feature);
      if (known !== undefined && known.length <= bytes.length) continue;
      // Behind what is there already: what was found last is tried most.
      this.#shortest.delete(feature);
      this.#shortest.set(feature, bytes);
      this.#inputs = null;
    }
  }

  /** Those found last come last. */
  get inputs(): readonly Buffer[] {
    this.#inputs ??= [...new Set(this.#shortest.values())];
    return this.#inputs;
  }

  /** Half of the time one that was found lately, which has been tried least. @returns null while there is none. */
  pick(random: Random): Buffer | null {
    const { inputs } = this;
    const lately = Math.min(inputs.length, LATELY);
    const at = random.next() < 0.5 ? inputs.length - 1 - random.below(lately) : random.below(inputs.length);
    return inputs[at] ?? null;
  }
}

const LATELY = 50;
