/** Strings; none of ours uses escapes, so a string ends at the first quote that is not doubled. */
const STRING = /'(?:[^']|'')*'/g;
const READING = /^(?:select|with|declare|fetch|close)\b/;
/** Ends a statement, hides a part of it, or quotes in a way that {@link STRING} does not know. */
const REFUSED_SIGN = /[;\\$"']|--|\/\*/;
/** Writes, locks rows, or outlives the transaction. */
const REFUSED_WORD = /\b(?:into|insert|update|delete|merge|truncate|share|hold|copy|call)\b/;
const CALL = /([a-z_][\w.]*)\s*\(/g;

/** Words that stand before a parenthesis and call nothing. */
const KEYWORDS = 'and any as by case coalesce else filter from in not or over row select then when where';
/** The functions that our statements call. None of them changes anything, in or out of the transaction. */
const FUNCTIONS =
  'age bool_and bool_or count current_database current_setting format_type has_any_column_privilege has_column_privilege ' +
  'has_function_privilege has_table_privilege lag max pg_backend_pid pg_control_checkpoint pg_control_system ' +
  'pg_current_snapshot pg_has_role pg_snapshot_xmax pg_snapshot_xmin row_security_active sum ' +
  'to_regclass to_regprocedure transaction_timestamp trim_scale';
/** Names of our own common table expressions, which stand before their columns. */
const EXPRESSIONS = 'tree types';
const CALLABLE = new Set(`${KEYWORDS} ${FUNCTIONS} ${EXPRESSIONS}`.split(' '));

/**
 * Refuses everything but one SELECT (WITH counts as one), DECLARE, FETCH or CLOSE that calls known functions only.
 *
 * A read-only transaction alone does not hold: it can be ended, and functions such as `lo_export` or `dblink_exec`
 * write past it when the role is strong enough. The statements are ours, so the list of what they need is short.
 *
 * @throws Error naming what is refused: a mistake in this program, never in its input.
 */
export function assertReadingStatement(text: string): void {
  // A letter before a string changes how it is read, as in E'\''; such a string is left standing, and refused.
  const code = text
    .replace(STRING, (literal, at: number) => (/[\w&]/.test(text[at - 1] ?? '') ? literal : '0'))
    .trim()
    .toLowerCase();
  const refused =
    (READING.test(code) ? undefined : 'not a reading statement') ??
    REFUSED_SIGN.exec(code)?.[0] ??
    REFUSED_WORD.exec(code)?.[0] ??
    [...code.matchAll(CALL)].map((match) => match[1]).find((name) => !CALLABLE.has(name ?? ''));
  if (refused === undefined) return;
  throw new Error(`refused on the upstream connection (${refused}): ${text.slice(0, 200)}`);
}
