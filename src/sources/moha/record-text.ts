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
  if (text.includes('"')) return readQuotedRecord(text);
  const fields: (string | null)[] = text.slice(1, -1).split(',');
  for (let i = 0; i < fields.length; i++) if (fields[i] === '') fields[i] = null;
  return fields;
}

function readQuotedRecord(text: string): (string | null)[] {
  const fields: (string | null)[] = [];
  let at = 1;
  for (;;) {
    let end: number;
    if (text[at] === '"') {
      end = closingQuote(text, at);
      fields.push(unquote(text.slice(at + 1, end)));
      end += 1;
    } else {
      end = text.indexOf(',', at);
      if (end === -1) end = text.length - 1;
      fields.push(end === at ? null : text.slice(at, end));
    }
    if (end === text.length - 1) return fields;
    if (text[end] !== ',') throw new Error('not a record as Postgres prints it');
    at = end + 1;
  }
}

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
