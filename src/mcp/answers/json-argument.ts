import { MavenError } from '../../index.js';

const REFUSED_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const DEEPEST = 64;
/** A double keeps every decimal of so many digits; of more it may have lost some. */
const EXACT_DIGITS = 15;

/**
 * Refuses arguments that cannot be kept as they were sent: keys that reach prototypes, numbers that JSON.parse has
 * rounded, nesting without end. Does not recurse: the depth is the caller's.
 *
 * @throws {@link MavenError} INPUT_INVALID naming the place.
 */
export function checkArguments(value: unknown): void {
  const stack: (readonly [value: unknown, place: string, depth: number])[] = [[value, '', 0]];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const [part, place, depth] = next;
    if (typeof part === 'number') checkNumber(part, place);
    if (typeof part === 'string' && !part.isWellFormed())
      throw invalid(place, 'half of a surrogate pair in a text (cut in the middle?)');
    if (typeof part !== 'object' || part === null) continue;
    if (depth === DEEPEST) throw invalid(place.slice(0, 60), `nested deeper than ${DEEPEST} levels`);
    for (const [key, inner] of Object.entries(part)) {
      if (REFUSED_KEYS.has(key)) throw invalid(place, `the key ${key} is refused`);
      stack.push([inner, place === '' ? key : `${place}.${key}`, depth + 1]);
    }
  }
}

function checkNumber(number: number, place: string): void {
  const digits = String(Math.abs(number)).replace(/e.*$/, '').replace('.', '').replace(/^0+/, '');
  if (
    Number.isFinite(number) &&
    digits.length <= EXACT_DIGITS &&
    (!Number.isInteger(number) || Number.isSafeInteger(number))
  )
    return;
  throw invalid(place, 'a number that loses digits on its way', 'send it as a text, in quotes');
}

function invalid(place: string, what: string, hint = 'correct it and call again'): MavenError {
  return new MavenError('INPUT_INVALID', `${place === '' ? 'arguments' : place.slice(0, 100)}: ${what}`, {
    hint,
  });
}
