/** What JSON leaves as it is, and a terminal or an editor would obey: DEL, C1 controls, direction overrides, zero width. */
const OBEYED = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/**
 * Writes a JSON document, line end included. Text from artifacts may hold anything; escaped it is the same value to every
 * program, and harmless on a screen.
 *
 * @param oneLine - for a document a line.
 */
export function jsonDocument(value: unknown, oneLine = false): string {
  const json = oneLine ? JSON.stringify(value) : JSON.stringify(value, null, 2);
  const safe = json.replace(OBEYED, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `${safe}\n`;
}
