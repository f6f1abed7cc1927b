/** Control characters, direction overrides and invisible characters; line feed and tab are text. */
const UNSAFE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** Makes text of people and models fit to be handed to a model: what drives terminals or hides text is taken out. */
export function cleanText(text: string): string {
  return text.toWellFormed().replace(/\r\n?/g, '\n').replace(UNSAFE, '');
}

/** The same for every text in an answer, keys too. */
export function cleanAnswer(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(cleanAnswer);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [cleanText(key), cleanAnswer(part)]));
}

/** Free text cut to a length, with how much was left out. */
export interface CutText {
  readonly text: string;
  /** Characters that were left out at the end; 0 = none. */
  readonly left_out: number;
}

/** @param longest - in characters as JavaScript counts them. */
export function cutText(text: string, longest: number): CutText {
  const clean = cleanText(text);
  if (clean.length <= longest) return { text: clean, left_out: 0 };
  // Not in the middle of a surrogate pair.
  const at = /[\ud800-\udbff]/.test(clean.charAt(longest - 1)) ? longest - 1 : longest;
  return { text: clean.slice(0, at), left_out: clean.length - at };
}
