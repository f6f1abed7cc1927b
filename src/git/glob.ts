/** One step of a pattern. */
type Token =
  /** One character. */
  | { readonly kind: 'one'; readonly accepts: (char: string) => boolean }
  /** `*`: any characters but a slash. */
  | { readonly kind: 'name' }
  /** `**` and a slash: any number of folders. */
  | { readonly kind: 'folders' }
  /** A slash and `**` at the end: everything below. */
  | { readonly kind: 'below' }
  /** `**` at the end, behind plain text: anything. */
  | { readonly kind: 'any' };

/**
 * Matches a path against a pattern of git's (`*`, `?`, `[a-z]`, `**`).
 *
 * Takes time in the product of their lengths, whatever the pattern: it may come from a remote, and as a regular
 * expression twenty stars would take years.
 *
 * @see https://git-scm.com/docs/gitignore#_pattern_format
 */
export function matchesGlob(pattern: string, path: string): boolean {
  const tokens = tokensOf(pattern);
  if (tokens === null) return false;
  // Whether the tokens from this one on match the path from each place on; begun behind the last token.
  let rest: readonly boolean[] = Array.from({ length: path.length + 1 }, (_, at) => at === path.length);
  for (const token of tokens.toReversed()) rest = before(token, path, rest);
  return rest[0] ?? false;
}

function before(token: Token, path: string, rest: readonly boolean[]): readonly boolean[] {
  const found = Array.from<boolean>({ length: path.length + 1 }).fill(false);
  let below = false;
  for (let at = path.length; at >= 0; at -= 1) {
    const char = path[at];
    const next = rest[at + 1] ?? false;
    if (token.kind === 'one') found[at] = char !== undefined && next && token.accepts(char);
    else if (token.kind === 'below') found[at] = char === '/';
    else if (token.kind === 'any') found[at] = true;
    else if (token.kind === 'name')
      found[at] = rest[at] === true || (char !== undefined && char !== '/' && found[at + 1] === true);
    else {
      if (char === '/' && next) below = true;
      found[at] = rest[at] === true || below;
    }
  }
  return found;
}

/**
 * Stars stand for folders only behind a slash, or behind nothing but plain text: git compares that first, and takes the
 * rest for a pattern of its own.
 */
const TOKEN = /(?<=^[^*?[\\]*|\/)\*\*+\/|\/\*\*+$|\*+|\?|\[[!^]?\]?(?:\[:[a-z]+:\]|[^\]])*\]|\\.|./gs;

/** What may stand in a bracket by its name: `[[:digit:]]`. */
const CLASSES: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\s',
  upper: 'A-Z',
  xdigit: '0-9A-Fa-f',
};

/** How many characters stand before the first that is special. */
function plainLength(pattern: string): number {
  return /^[^*?[\\]*/.exec(pattern)?.[0].length ?? 0;
}

/** Null for a malformed bracket, which matches nothing for git either. */
function tokensOf(pattern: string): readonly Token[] | null {
  const tokens: Token[] = [];
  for (const [text] of pattern.matchAll(TOKEN)) {
    if (/^\*\*+\/$/.test(text)) tokens.push({ kind: 'folders' });
    else if (/^\/\*\*+$/.test(text)) tokens.push({ kind: 'below' });
    else if (/^\*\*+$/.test(text) && text.length === pattern.length - plainLength(pattern))
      tokens.push({ kind: 'any' });
    else if (text.startsWith('*')) tokens.push({ kind: 'name' });
    else if (text === '?') tokens.push({ kind: 'one', accepts: (char) => char !== '/' });
    else if (text === '[') return null;
    else if (text.startsWith('\\') && text.length === 2) {
      tokens.push({ kind: 'one', accepts: (char) => char === text[1] });
    } else if (text.length === 1) tokens.push({ kind: 'one', accepts: (char) => char === text });
    else {
      const accepts = bracketOf(text);
      if (accepts === null) return null;
      tokens.push({ kind: 'one', accepts });
    }
  }
  return tokens;
}

/** No bracket stands for a slash, not even one that names what it is not. */
function bracketOf(text: string): ((char: string) => boolean) | null {
  const [, not = '', members = ''] = /^\[([!^]?)(.+)\]$/s.exec(text) ?? [];
  const written = members.replace(/\[:([a-z]+):\]|[\\[\]^]/g, (part, name: string | undefined) =>
    name === undefined ? `\\${part}` : (CLASSES[name] ?? ''),
  );
  try {
    const pattern = new RegExp(`^[${not === '' ? '' : '^'}${written}]$`, 's');
    return (char) => char !== '/' && pattern.test(char);
  } catch {
    return null;
  }
}
