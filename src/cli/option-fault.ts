/** What yargs knows of the options of a command. */
export interface OptionKinds {
  /** Names of those that hold text. */
  readonly string: readonly string[];
  /** Names of those that may be given again and again. */
  readonly array: readonly string[];
  /** Those that take one of some words. */
  readonly choices: Readonly<Record<string, readonly unknown[]>>;
}

const NEGATIVE_NUMBER = /^-\d/;

/**
 * Finds what a parser of options lets pass: an option given twice, of which one value would silently win, and one that
 * takes a value and has none, for which a default would silently stand in.
 *
 * @param args - as parsed, an option that was given twice as a list.
 * @param argv - as typed.
 * @returns the fault in words, or null.
 */
export function optionFault(
  args: Readonly<Record<string, unknown>>,
  argv: readonly string[],
  kinds: OptionKinds,
): string | null {
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  for (const [index, word] of words.entries()) {
    const [, name = '', text] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const value = args[name];
    if (Array.isArray(value) && !kinds.array.includes(name)) {
      const values = value.map((one) => JSON.stringify(one)).join(' and ');
      return `--${name}: given ${value.length} times, expected one: ${values}`;
    }
    const takesText = kinds.string.includes(name) || Object.hasOwn(kinds.choices, name);
    if (takesText && (text ?? valueAfter(words, index)) === '')
      return `--${name}: expected a value, got none`;
  }
  return null;
}

/** The next word, unless that is an option itself. */
function valueAfter(words: readonly string[], index: number): string {
  const next = words[index + 1] ?? '';
  return /^-./.test(next) && !NEGATIVE_NUMBER.test(next) ? '' : next;
}
