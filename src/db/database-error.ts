import { codeOf, MavenError } from '../errors.js';
import { postgresFault, postgresMessage } from '../postgres-error.js';

/**
 * Turns what a driver throws while connecting into a coded error.
 *
 * @param description - the database, without its password.
 */
export function connectError(error: unknown, description: string): unknown {
  const known = databaseError(error, description);
  return known instanceof MavenError ? known : unreachable(error, description);
}

/**
 * Turns what a driver throws in a session into a coded error; anything that is not the database's is given back as it
 * is, so that a mistake of ours is not blamed on the database.
 *
 * @param description - the database, without its password.
 */
export function databaseError(error: unknown, description: string): unknown {
  if (error instanceof MavenError) return error;
  const message = postgresMessage(error);
  const wrap = (code: MavenError['code'], text: string, hint: string) =>
    wrapped(error, description, code, text, hint);
  switch (postgresFault(error)) {
    case 'auth':
      return wrap(
        'DATABASE_AUTH',
        `${description} refused the login: ${message}`,
        'check user and password in MAVEN_DATABASE_URL or DB_USER and DB_PASSWORD',
      );
    case 'no_database':
      return wrap(
        'DATABASE_UNREACHABLE',
        `${description}: ${message}`,
        'create the database, or correct its name',
      );
    case 'busy':
      return wrap(
        'DATABASE_BUSY',
        `${description}: another session held a lock for too long: ${message}`,
        'wait for the other reconcile to end and run this again',
      );
    case 'lost':
      return unreachable(error, description);
    case 'failed':
      return wrap(
        'DATABASE_FAILED',
        `${description}: ${message}`,
        'nothing was written; run maven-git verify to see what stands',
      );
    case null:
      return error;
  }
}

/** Tells whether the database itself is away or refuses us, so that git can go on without it. */
export function isDatabaseAway(error: unknown): boolean {
  return error instanceof MavenError && (error.code.startsWith('DATABASE_') || error.code === 'LOCK_TIMEOUT');
}

function unreachable(error: unknown, description: string): MavenError {
  return wrapped(
    error,
    description,
    'DATABASE_UNREACHABLE',
    `${description} cannot be reached: ${postgresMessage(error)}`,
    'start the server or correct MAVEN_DATABASE_URL; unset it to use the embedded database',
  );
}

function wrapped(
  error: unknown,
  description: string,
  code: MavenError['code'],
  text: string,
  hint: string,
): MavenError {
  const data = { database: description, sqlstate: codeOf(error) ?? null };
  return new MavenError(code, text, { hint, data, cause: error });
}
