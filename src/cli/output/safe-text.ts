/**
 * Makes text from artifacts safe to print: control characters, terminal escapes and direction overrides are shown,
 * not obeyed.
 */
export function safeText(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** One line of bounded length. */
export function shortText(text: string, length: number): string {
  const safe = safeText(text.replace(/\s+/g, ' ').slice(0, length * 4));
  return safe.length > length ? `${safe.slice(0, length - 1)}…` : safe;
}
