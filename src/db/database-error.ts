import { codeOf, MavenError } from '../errors.js';

/** Messages of `pg` for a lost connection; they carry no code. */
const LOST_CONNECTION =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered)/;

type Wrap = (kind: MavenError['code'], text: string, hint: string) => MavenError;

/**
 * Turns what a driver throws while connecting into a coded error.
 *
 * @param description - the database, without its password.
 */
export function connectError(error: unknown, description: string): unknown {
  const known = databaseError(error, description);
  if (known instanceof MavenError) return known;
  return unreachable(wrapper(error, description), error, description);
}

/**
 * Turns what a driver throws in a session into a coded error; anything that is not the database's is given back as it
 * is, so that a mistake of ours is not blamed on the database.
 *
 * @param description - the database, without its password.
 */
export function databaseError(error: unknown, description: string): unknown {
  if (error instanceof MavenError) return error;
  const code = codeOf(error) ?? '';
  const message = messageOf(error);
  const wrap = wrapper(error, description);
  if (code === '28P01' || code === '28000') {
    return wrap(
      'DATABASE_AUTH',
      `${description} refused the login: ${message}`,
      'check user and password in MAVEN_DATABASE_URL or DB_USER and DB_PASSWORD',
    );
  }
  if (code === '3D000') {
    return wrap(
      'DATABASE_UNREACHABLE',
      `${description}: ${message}`,
      'create the database, or correct its name',
    );
  }
  if (code === '55P03') {
    return wrap(
      'DATABASE_BUSY',
      `${description}: another session held a lock for too long: ${message}`,
      'wait for the other reconcile to end and run this again',
    );
  }
  const lost = code.startsWith('08') || code.startsWith('57P') || code === 'ECONNRESET' || code === 'EPIPE';
  if (lost || LOST_CONNECTION.test(message)) return unreachable(wrap, error, description);
  if (!isSqlState(code)) return error;
  return wrap(
    'DATABASE_FAILED',
    `${description}: ${message}`,
    'nothing was written; run maven-git verify to see what stands',
  );
}

/** Tells whether the database itself is away or refuses us, so that git can go on without it. */
export function isDatabaseAway(error: unknown): boolean {
  return error instanceof MavenError && (error.code.startsWith('DATABASE_') || error.code === 'LOCK_TIMEOUT');
}

function unreachable(wrap: Wrap, error: unknown, description: string): MavenError {
  return wrap(
    'DATABASE_UNREACHABLE',
    `${description} cannot be reached: ${messageOf(error)}`,
    'start the server or correct MAVEN_DATABASE_URL; unset it to use the embedded database',
  );
}

function wrapper(error: unknown, description: string): Wrap {
  const data = { database: description, sqlstate: codeOf(error) ?? null };
  return (kind, text, hint) => new MavenError(kind, text, { hint, data, cause: error });
}

/** Node joins several failed addresses into one error without a message of its own. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join(', ');
  return error instanceof Error && error.message !== '' ? error.message : (codeOf(error) ?? String(error));
}

/** Five characters with a digit among them, unlike Node's `EPERM`. */
function isSqlState(code: string): boolean {
  return /^[0-9A-Z]{5}$/.test(code) && /\d/.test(code);
}
