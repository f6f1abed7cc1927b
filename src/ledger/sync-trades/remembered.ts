/** More texts than this are not kept: then most of them are not met again. */
const MOST_KEPT = 1000;

/**
 * Makes a pure function of a text remember its answers: a million trades have a few dozen symbols, bots and reasons.
 *
 * An error is not remembered.
 */
export function remembered<T>(answer: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const found = answer(text);
    if (known.size >= MOST_KEPT) known.clear();
    known.set(text, found);
    return found;
  };
}
