const NEEDS_ESCAPE = /[\\\t\n\r\0]/;
/** NUL is the one character that Postgres cannot hold; the parsers report it, here it must not stop a load. */
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\0': '\ufffd',
};

/** Escapes what would end a value or a row. */
export function escapeCopyText(text: string): string {
  return NEEDS_ESCAPE.test(text) ? text.replace(/[\\\t\n\r\0]/g, (c) => ESCAPES[c] ?? c) : text;
}

/**
 * Encodes one row for COPY's text format.
 *
 * @param values - column values as Postgres would read them from text; null is SQL NULL.
 * @returns one line with its line end.
 */
export function encodeCopyRow(values: readonly (string | null)[]): string {
  let line = '';
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? null;
    if (i > 0) line += '\t';
    if (value === null) line += '\\N';
    else line += escapeCopyText(value);
  }
  return `${line}\n`;
}

/** Collects lines into buffers worth sending: few and large enough for COPY, small enough for flat memory. */
export class CopyBuffer {
  #text = '';

  constructor(private readonly chunkLength = 64 * 1024) {}

  /** Adds a line; returns a full buffer when one is ready to be sent. */
  add(line: string): Buffer | null {
    this.#text += line;
    return this.#text.length >= this.chunkLength ? this.take() : null;
  }

  /** The rest, or null when there is none. */
  take(): Buffer | null {
    if (this.#text === '') return null;
    const chunk = Buffer.from(this.#text, 'utf8');
    this.#text = '';
    return chunk;
  }
}
