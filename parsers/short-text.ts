import { MAX_SHORT_LENGTH } from './limits.js';

const UNPAIRED_SURROGATE = /\p{Cs}/u;

/** Tells whether text fits a short field: 1 to 255 characters, no control character, no unpaired surrogate. */
export function isShortText(text: string): boolean {
  if (text.length === 0 || text.length > MAX_SHORT_LENGTH) return false;
  let surrogates = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 32 || (code >= 127 && code < 160)) return false;
    if (code >= 0xd800 && code <= 0xdfff) surrogates = true;
  }
  return !surrogates || !UNPAIRED_SURROGATE.test(text);
}

const UNSTORABLE = /[\0\p{Cs}]/u;
const EVERY_UNSTORABLE = /[\0\p{Cs}]/gu;

/** Tells whether text holds what Postgres cannot store as text: U+0000 or an unpaired surrogate. */
export function hasUnstorable(text: string): boolean {
  return UNSTORABLE.test(text);
}

/** Replaces what Postgres cannot store by U+FFFD: the form in which a free text stands in a table. */
export function storableText(text: string): string {
  return UNSTORABLE.test(text) ? text.replace(EVERY_UNSTORABLE, '\ufffd') : text;
}
