/**
 * Reads the text in which Postgres prints a record, `(1,"a, b",,"")`.
 *
 * One text a row instead of one a column is what makes reading quick: the driver spends its time a value, not a byte.
 *
 * @returns the fields; null is SQL null.
 * @throws Error when the text is no record: never with a text that Postgres printed.
 * @see https://www.postgresql.org/docs/current/rowtypes.html#ROWTYPES-IO-SYNTAX
 */
export function readRecord(text: string): (string | null)[] {
  const quote = text.indexOf('"');
  if (quote === -1) return readPlain(text, text.length - 1);
  // Before the first quote, every comma stands between two fields.
  if (quote === 1) return readRest(text, 1, []);
  return readRest(text, quote, readPlain(text, quote - 1));
}

/** Reads unquoted fields up to a comma or the closing parenthesis. */
function readPlain(text: string, end: number): (string | null)[] {
  const fields: (string | null)[] = text.slice(1, end).split(',');
  for (let i = 0; i < fields.length; i++) if (fields[i] === '') fields[i] = null;
  return fields;
}

/** Reads the fields from an offset on, the first of them quoted. */
function readRest(text: string, start: number, fields: (string | null)[]): (string | null)[] {
  let at = start;
  for (;;) {
    let end: number;
    if (text.charCodeAt(at) === QUOTE) {
      end = closingQuote(text, at);
      fields.push(unquote(text.slice(at + 1, end)));
      end += 1;
    } else {
      end = text.indexOf(',', at);
      if (end === -1) end = text.length - 1;
      fields.push(end === at ? null : text.slice(at, end));
    }
    if (end === text.length - 1) return fields;
    if (text.charCodeAt(end) !== COMMA) throw new Error('not a record as Postgres prints it');
    at = end + 1;
  }
}

const QUOTE = 34;
const COMMA = 44;

/** Within quotes, a quote and a backslash are doubled. */
function closingQuote(text: string, open: number): number {
  let at = text.indexOf('"', open + 1);
  while (at !== -1 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  if (at === -1) throw new Error('not a record as Postgres prints it');
  return at;
}

function unquote(text: string): string {
  const quotes = text.includes('"') ? text.replaceAll('""', '"') : text;
  return quotes.includes('\\') ? quotes.replaceAll('\\\\', '\\') : quotes;
}
