/**
 * Every way an operation can fail. Faults in content are not here: those are values, see `parsers/problem.ts`.
 * The codes are stable: scripts and tests match on them, never on the text of a message.
 */
export type ErrorCode =
  | 'ARTIFACTS_NOT_FOUND'
  | 'COMMIT_CONFLICT'
  | 'COMMIT_UNSAFE'
  | 'CONFIG_INVALID'
  | 'DATABASE_AUTH'
  | 'DATABASE_BUSY'
  | 'DATABASE_FAILED'
  | 'DATABASE_UNREACHABLE'
  | 'FILE_UNREADABLE'
  | 'FILE_UNWRITABLE'
  | 'GIT_FAILED'
  | 'GUARD_REFUSED'
  | 'INPUT_INVALID'
  | 'JOB_RUNNING'
  | 'LOCK_TIMEOUT'
  | 'MERGE_CONFLICT'
  | 'OBJECT_NOT_FOUND'
  | 'PROJECTION_UNPROVEN'
  | 'RECORD_NOT_FOUND'
  | 'REF_INVALID'
  | 'REMOTE_AUTH'
  | 'REMOTE_FAILED'
  | 'REMOTE_REJECTED'
  | 'REPOSITORY_NOT_FOUND'
  | 'REPOSITORY_UNSUPPORTED'
  | 'REVISION_NOT_FOUND'
  | 'SCHEMA_TOO_NEW'
  | 'UPSTREAM_AUTH'
  | 'UPSTREAM_FAILED'
  | 'UPSTREAM_INVALID'
  | 'UPSTREAM_SCHEMA'
  | 'UPSTREAM_UNREACHABLE'
  | 'UPSTREAM_WRITABLE'
  | 'USAGE';

export interface MavenErrorOptions {
  /** What the reader should do next: a command to run or a thing to change, lower case, one line. */
  readonly hint: string;
  /** The values behind the message (paths, expected, received), for `--json` and for tests. Never a secret. */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** A failed operation: what failed and where in `message`, what to do about it in `hint`. */
export class MavenError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: MavenErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'MavenError';
    this.code = code;
    this.hint = options.hint;
    this.data = options.data ?? {};
  }
}

/** Tells whether a thrown value carries a code, such as `ENOENT` of Node or an SQLSTATE of Postgres. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
