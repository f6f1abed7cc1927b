import { codeOf } from './errors.js';

/**
 * What went wrong between us and a Postgres: the login was refused, there is no such database, another session holds
 * what we need, the connection is gone, or a statement failed.
 */
export type PostgresFault = 'auth' | 'no_database' | 'busy' | 'lost' | 'failed';

/** Messages of `pg` for a lost connection; they carry no code. */
const LOST_CONNECTION =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered)/;

/** Message of `pg` for a login that needs a password when there is none, or the server's proof is wrong; no code. */
const FAILED_LOGIN = /^SASL: /;

/** The session was ended because it idled inside a transaction; the connection is gone with it. */
const IDLE_IN_TRANSACTION_TIMEOUT = '25P03';

/**
 * Classifies what a driver throws, by SQLSTATE wherever there is one.
 *
 * @returns null = not the database's: a mistake of ours must not be blamed on it.
 */
export function postgresFault(error: unknown): PostgresFault | null {
  const code = codeOf(error) ?? '';
  const message = postgresMessage(error);
  if (code === '28P01' || code === '28000' || FAILED_LOGIN.test(message)) return 'auth';
  if (code === '3D000') return 'no_database';
  if (code === '55P03') return 'busy';
  if (isLostConnection(code) || LOST_CONNECTION.test(message)) return 'lost';
  return isSqlState(code) ? 'failed' : null;
}

/** What the driver says; Node joins several failed addresses into one error without a message of its own. */
export function postgresMessage(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(postgresMessage).join(', ');
  return error instanceof Error && error.message !== '' ? error.message : (codeOf(error) ?? String(error));
}

function isLostConnection(code: string): boolean {
  if (code.startsWith('08') || code.startsWith('57P')) return true;
  return ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', IDLE_IN_TRANSACTION_TIMEOUT].includes(code);
}

/** Five characters with a digit among them, unlike Node's `EPERM`. */
function isSqlState(code: string): boolean {
  return /^[0-9A-Z]{5}$/.test(code) && /\d/.test(code);
}
