/**
 * Compares two texts by the bytes of their UTF-8, which is by code points: the same order everywhere, and that of
 * Postgres's collation "C".
 *
 * @param left - well-formed, as `right`.
 * @returns negative, 0 or positive.
 */
export function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const [one, other] = [left.charCodeAt(at), right.charCodeAt(at)];
    if (one !== other) return rankOf(one) - rankOf(other);
  }
  return left.length - right.length;
}

/** Halves of surrogate pairs stand for code points above all others, though their numbers do not. */
function rankOf(codeUnit: number): number {
  return codeUnit >= 0xd800 && codeUnit <= 0xdfff ? codeUnit + 0x1_0000 : codeUnit;
}

/**
 * Compares two texts by their UTF-16 code units, as `<` does; for ASCII, such as times, that is the order of
 * {@link compareText} too.
 *
 * @returns -1, 0 or 1.
 */
export function compareCodeUnits(left: string, right: string): -1 | 0 | 1 {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
