/**
 * Free text in markdown: nothing in a text may change how its file is parsed, and any text comes back as it was.
 *
 * Two steps, see FORMATS.md#free-text: first characters that must not stand in a file, and white space at either end,
 * become `&#xHH;`; then (block text only) a line that markdown would take for structure gets a backslash before its
 * first mark. Reading undoes them in reverse order.
 */

/** C0 controls except tab and newline, DEL, U+FEFF, unpaired surrogates. */
const FORBIDDEN = /[\0-\x08\x0b-\x1f\x7f\ufeff\p{Cs}]/gu;
/** Line starts and ends are spelled out, since `^` and `$` with the flag `m` also match at CR, U+2028 and U+2029. */
const CONFLICT_MARKER = /(?<![^\n])(?:(?:<{7}|>{7}|\|{7})(?=[ \n]|$)|={7}(?![^\n]))/g;
const AMPERSAND = /&(?=(?:amp;)*#x)/g;
const WHITE_START = /^[ \t\n]+/;

/** A text without any of these characters holds none of the three above (most do). */
const MAYBE_ESCAPED = /[\0-\x08\x0b-\x1f\x7f&<>=|\ud800-\udfff\ufeff]/;

/** Only what the writer makes is read back: `&#x41;` of a person stays as it is. */
const ENTITY = /&amp;(?=(?:amp;)*#x)|&#x([0-9A-F]{1,4});/g;
const READABLE_ENTITY = /^(?:[0-9A-F]|1[0-9A-F]|20|7F|FEFF|D[89A-F][0-9A-F]{2}|3[CDE]|7C)$/;

/** Structure at the start of a line, after at most three spaces: see FORMATS.md#free-text. */
const STRUCTURE =
  /(?<![^\n]) {0,3}(?=#{1,6}(?![^ \t\n])|`{3}|~{3}|\*\*|<[A-Za-z/!?]|\\[!-/:-@[-`{-~]|(?:[-*_=][ \t]*)+(?![^\n]))/g;
const ESCAPED = /(?<![^\n])( {0,3})\\(?=[!-/:-@[-`{-~])/g;
/** A text without any of these characters needs no second look (most do). */
const MAYBE_STRUCTURE = /[#`~*<\\=_-]/;

/** Escapes a text of one or more lines that stands between structural lines of a markdown file. */
export function escapeBlockText(text: string): string {
  const escaped = escapeCharacters(text);
  return MAYBE_STRUCTURE.test(escaped) ? escaped.replace(STRUCTURE, '$&\\') : escaped;
}

/** Reads a text that {@link escapeBlockText} wrote, or that a person did. */
export function unescapeBlockText(text: string): string {
  const lines = text.includes('\\') ? text.replace(ESCAPED, '$1') : text;
  return unescapeCharacters(lines);
}

/** Escapes characters only: for a text that is a whole file or its end, where no line can be taken for structure. */
export function escapeCharacters(text: string): string {
  if (text === '') return text;
  const end = trailingWhiteSpace(text);
  const start = end === 0 ? text.length : (WHITE_START.exec(text)?.[0].length ?? 0);
  const inner = start === text.length ? '' : text.slice(start, end);
  const escaped = MAYBE_ESCAPED.test(inner)
    ? inner
        .replace(AMPERSAND, '&amp;')
        .replace(FORBIDDEN, entity)
        .replace(CONFLICT_MARKER, (marker) => entity(marker.charAt(0)) + marker.slice(1))
    : inner;
  if (inner.length === text.length) return escaped;
  return entities(text.slice(0, start)) + escaped + (inner === '' ? '' : entities(text.slice(end)));
}

/** Reads a text that {@link escapeCharacters} or {@link escapeInline} wrote. */
export function unescapeCharacters(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(ENTITY, (found, digits: string | undefined) => {
    if (digits === undefined) return '&';
    return READABLE_ENTITY.test(digits) ? String.fromCharCode(Number.parseInt(digits, 16)) : found;
  });
}

/** Escapes a value that ends with its line. Control characters are not in it: short fields refuse them. */
export function escapeInline(text: string): string {
  return escapeCharacters(text);
}

/** @returns where the white space at the end starts; a loop, because `/\s+$/` takes quadratic time. */
function trailingWhiteSpace(text: string): number {
  let end = text.length;
  while (end > 0) {
    const code = text.charCodeAt(end - 1);
    if (code !== 32 && code !== 9 && code !== 10) return end;
    end -= 1;
  }
  return 0;
}

function entities(text: string): string {
  return text.replace(/[\s\S]/g, entity);
}

function entity(character: string): string {
  return `&#x${character.charCodeAt(0).toString(16).toUpperCase()};`;
}
