/** How bad a fault in content is. */
export type Severity = 'error' | 'warning';

/**
 * Every fault an artifact can hold. The codes are stable: reports, tests and scripts match on them, never on the
 * text of a message. Each one is explained in FORMATS.md (a test says so).
 */
export const PROBLEM_CODES = [
  'AMBIGUOUS_SECTION',
  'BYTE_ORDER_MARK',
  'CONFIDENCE_SUSPECT',
  'CONFLICT_MARKER',
  'CRLF',
  'DERIVED_MISMATCH',
  'DUPLICATE_FIELD',
  'DUPLICATE_LINE',
  'EMPTY_FILE',
  'EVENT_IN_FENCE',
  'FILE_TOO_LARGE',
  'FRONT_MATTER_INVALID',
  'FRONT_MATTER_MISSING',
  'FRONT_MATTER_REFUSED',
  'IDENTITY_CONFLICT',
  'INVALID_DECIMAL',
  'INVALID_JSON',
  'INVALID_TEXT',
  'INVALID_TIME',
  'INVALID_UTF8',
  'INVALID_VALUE',
  'LEGACY_FORMAT',
  'METADATA_INVALID',
  'MISSING_FIELD',
  'MISSING_SECTION',
  'NAME_MISMATCH',
  'NO_FINAL_NEWLINE',
  'NUL_CHARACTER',
  'NUMBER_NOT_TEXT',
  'REVISION_CONFLICT',
  'REVISION_GAP',
  'REVISION_ORDER',
  'TEXT_TOO_LONG',
  'TIME_PRECISION',
  'TIME_ZONE_MISSING',
  'TOO_MANY_PROBLEMS',
  'UNKNOWN_ENTRY',
  'UNKNOWN_FIELD',
  'UNSTORABLE_CHARACTER',
  'UNSUPPORTED_VERSION',
  'VALUE_FROM_NAME',
] as const;

export type ProblemCode = (typeof PROBLEM_CODES)[number];

/**
 * A fault in content, as a value.
 *
 * `error`: something is lost, unreadable or contradictory (a record or a field is left out).
 * `warning`: kept as the file says, but suspicious.
 */
export interface Problem {
  readonly code: ProblemCode;
  readonly severity: Severity;
  /** One line, lower case, names what was found and what was expected. */
  readonly message: string;
  readonly path: string;
  /** From 1. */
  readonly line: number;
}

/** A record and the line (from 1) of its artifact on which it starts. */
export interface Located<T> {
  readonly line: number;
  readonly record: T;
}

/** What an artifact holds: its records in file order, and what is wrong with it. */
export interface Parsed<T> {
  readonly records: readonly Located<T>[];
  readonly problems: readonly Problem[];
}
