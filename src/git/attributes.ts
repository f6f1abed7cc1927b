import { posix } from 'node:path';
import { matchesGlob } from './glob.js';

/** Text of an attributes file and the folder its patterns start from (`''` is the root of the working tree). */
export interface AttributeSource {
  readonly folder: string;
  readonly text: string;
}

/** Value of an attribute: text, set (true), unset (false); absent from the map when nothing says anything. */
export type Attributes = ReadonlyMap<string, string | boolean>;

/** Git ignores longer lines. */
const longestLine = 2048;

interface Rule {
  readonly pattern: string;
  readonly values: readonly (readonly [string, string | boolean | undefined])[];
}

/**
 * Works out the attributes of a path as native git does, where there is no native git to ask.
 *
 * Knows patterns, macros and precedence; not quoted patterns with escapes, which it takes for literal.
 *
 * @param sources - lowest precedence first: system, user, root folder ... deepest folder, `info/attributes`.
 * @see https://git-scm.com/docs/gitattributes
 */
export function attributesOf(sources: readonly AttributeSource[], path: string): Attributes {
  const macros = new Map<string, Rule['values']>([
    [
      'binary',
      [
        ['binary', true],
        ['diff', false],
        ['merge', false],
        ['text', false],
      ],
    ],
  ]);
  const attributes = new Map<string, string | boolean>();
  for (const { folder, text } of sources) {
    if (folder !== '' && !path.startsWith(`${folder}/`)) continue;
    const below = folder === '' ? path : path.slice(folder.length + 1);
    for (const line of text.split(/\r?\n/)) {
      const rule = line.length > longestLine ? null : parseRule(line);
      if (rule === null) continue;
      if (rule.pattern.startsWith('[attr]')) macros.set(rule.pattern.slice('[attr]'.length), rule.values);
      else if (matches(rule.pattern, below)) apply(attributes, rule.values, macros);
    }
  }
  return attributes;
}

/** Quick look: whether any line could make git change a file's bytes on the way in. */
export function mentionsConversion(sources: readonly AttributeSource[]): boolean {
  return sources.some(({ text }) => /^[^#\n]*\b(filter|ident|working-tree-encoding)\b/m.test(text));
}

function parseRule(line: string): Rule | null {
  const words = line.trim().split(/[ \t]+/);
  const [first = '', ...rest] = words;
  if (first === '' || first.startsWith('#')) return null;
  const pattern = first.replace(/^"(.*)"$/, '$1');
  return { pattern, values: rest.map(parseValue) };
}

function parseValue(word: string): readonly [string, string | boolean | undefined] {
  if (word.startsWith('-')) return [word.slice(1), false];
  if (word.startsWith('!')) return [word.slice(1), undefined];
  const equals = word.indexOf('=');
  return equals < 0 ? [word, true] : [word.slice(0, equals), word.slice(equals + 1)];
}

function apply(
  attributes: Map<string, string | boolean>,
  values: Rule['values'],
  macros: ReadonlyMap<string, Rule['values']>,
): void {
  for (const [name, value] of values) {
    if (value === undefined) attributes.delete(name);
    else attributes.set(name, value);
    const macro = macros.get(name);
    // A macro may not name itself, and git allows them no nesting that would loop.
    if (macro !== undefined && value === true) {
      apply(
        attributes,
        macro.filter(([inner]) => inner !== name),
        new Map(),
      );
    }
  }
}

/** Without a slash a pattern is matched against the name alone, otherwise against the whole path below its folder. */
function matches(pattern: string, path: string): boolean {
  if (pattern.endsWith('/')) return false;
  const anchored = pattern.includes('/');
  return matchesGlob(pattern.replace(/^\//, ''), anchored ? path : posix.basename(path));
}
