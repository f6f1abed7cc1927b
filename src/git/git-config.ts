/** One setting of a git configuration file, in file order. */
export interface ConfigEntry {
  /** `section.name` or `section.subsection.name`; section and name lower case, subsection as written. */
  readonly key: string;
  /** Null for a name without `=`, which means true. */
  readonly value: string | null;
}

/**
 * Parses the text of a git configuration file.
 *
 * Lines that are no configuration are passed over: git itself refuses such a file long before us. Includes are
 * listed as ordinary entries (`include.path`), not followed.
 *
 * @see https://git-scm.com/docs/git-config#_syntax
 */
export function parseGitConfig(text: string): readonly ConfigEntry[] {
  const input = text.replace(/^\uFEFF/, '').replace(/\r\n/g, '\n');
  const entries: ConfigEntry[] = [];
  let section = '';
  for (let at = 0; at < input.length; ) {
    // One by one: a pattern that begins with blanks would go over a file of empty lines again and again.
    if (/\s/.test(input[at] ?? '')) {
      at += 1;
      continue;
    }
    const header = matchAt(/\[\s*([A-Za-z0-9.-]+)(?:[ \t]+"((?:[^"\\\n]|\\.)*)")?\s*\]/y, input, at);
    if (header !== null) {
      const subsection = header[2] === undefined ? '' : `.${header[2].replace(/\\(.)/g, '$1')}`;
      section = `${(header[1] ?? '').toLowerCase()}${subsection}`;
      at += header[0].length;
      continue;
    }
    const name = matchAt(/([A-Za-z][A-Za-z0-9-]*)[ \t]*(=?)/y, input, at);
    if (name === null || section === '') {
      at = endOfLine(input, at);
      continue;
    }
    const key = `${section}.${(name[1] ?? '').toLowerCase()}`;
    const value =
      name[2] === ''
        ? { text: null, end: endOfLine(input, at + name[0].length) }
        : readValue(input, at + name[0].length);
    entries.push({ key, value: value.text });
    at = value.end;
  }
  return entries;
}

/** Last value of a setting, as git reads single-valued ones; undefined when it is not set. */
export function lastValue(entries: readonly ConfigEntry[], key: string): string | null | undefined {
  return entries.findLast((entry) => entry.key === key)?.value;
}

/** A boolean setting: `true`, `yes`, `on`, a number other than 0, or the bare name. */
export function isTrue(value: string | null | undefined): boolean {
  if (value === undefined) return false;
  return value === null || /^(true|yes|on|[1-9][0-9]*)$/i.test(value);
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  const sticky = new RegExp(pattern.source, 'y');
  sticky.lastIndex = at;
  return sticky.exec(text);
}

/** The start of the next line; at least one character on. */
function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', b: '\b' };

/** Reads a value to the end of its line, or of the last one it is continued on; without quotes, escapes and comments. */
function readValue(text: string, start: number): { readonly text: string; readonly end: number } {
  let value = '';
  /** Length up to which blanks belong to the value. */
  let keep = 0;
  let quoted = false;
  let at = start;
  for (; at < text.length && text[at] !== '\n'; at++) {
    const char = text[at] ?? '';
    if (char === '"') {
      quoted = !quoted;
      keep = value.length;
    } else if (char === '\\') {
      at++;
      const escaped = text[at] ?? '';
      if (escaped === '\n') continue;
      value += escapes[escaped] ?? escaped;
      keep = value.length;
    } else if (!quoted && (char === '#' || char === ';')) {
      return { text: value.slice(0, keep), end: endOfLine(text, at) };
    } else if (quoted || !/\s/.test(char)) {
      value += char;
      keep = value.length;
    } else if (value !== '') {
      value += char;
    }
  }
  return { text: value.slice(0, keep), end: at + 1 };
}
