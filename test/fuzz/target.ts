/** Something that reads bytes from outside, and what must hold of it whatever the bytes are. */
export interface FuzzTarget {
  readonly name: string;
  /** Of the files that keep finds: `md`, `jsonl`, `bin`. */
  readonly extension: string;
  /** Inputs to begin with: real ones. */
  seeds(): readonly Buffer[];
  /** Throws what does not hold. Synchronous where it can be: then an endless loop is stopped and told. */
  check(bytes: Buffer): void | Promise<void>;
}

/** A property that does not hold. Any other error that a check throws is a crash of the code under test. */
export class FuzzFault extends Error {
  override readonly name = 'FuzzFault';
}

/** @throws {@link FuzzFault} */
export function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new FuzzFault(what);
}
