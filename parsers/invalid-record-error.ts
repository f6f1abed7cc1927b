/**
 * A record that cannot be written as an artifact: a value out of its form.
 *
 * Parsers never throw; formatters do, since a wrong number in git is worse than none.
 */
export class InvalidRecordError extends Error {
  readonly code = 'RECORD_INVALID';
  /** Name of the field, as in the file. */
  readonly field: string;

  constructor(field: string, expected: string) {
    super(`${field}: expected ${expected}`);
    this.name = 'InvalidRecordError';
    this.field = field;
  }
}
