import { codeOf, type ErrorCode, MavenError } from '../../errors.js';
import { postgresFault, postgresMessage } from '../../postgres-error.js';

const CHECK_ADDRESS =
  'start the server or correct MOHA_DATABASE_URL (or MOHA_DB_HOST and MOHA_DB_PORT), then run this again';
const CHECK_LOGIN =
  'check user and password in MOHA_DATABASE_URL (or MOHA_DB_USER and MOHA_DB_PASSWORD) and the access rules of the server';
const CHECK_NAME = 'correct the database in MOHA_DATABASE_URL (or MOHA_DB_NAME)';
/** What a role needs to be read from, and no more. */
export const GRANTS =
  'grant the role of MOHA_DATABASE_URL only CONNECT, USAGE on the schema and SELECT on bot_trades';

/** What helps against some failures, by SQLSTATE. */
const HINTS: Readonly<Record<string, string>> = {
  '40001': 'upstream asked to try again: run this again',
  '42501': GRANTS,
  '42883': 'upstream must be Postgres 13 or newer',
  '53300': 'upstream has no free connection: end others or raise max_connections, then run this again',
  '57014': 'upstream was too slow or an administrator stopped us: look at its load, then run this again',
};

/**
 * Turns what a driver throws while connecting to upstream into a coded error.
 *
 * @param description - the upstream, without its password.
 */
export function upstreamConnectError(error: unknown, description: string): unknown {
  const known = upstreamError(error, description);
  return known instanceof MavenError ? known : unreachable(error, description);
}

/**
 * Turns what a driver throws while reading into a coded error; anything that is not upstream's is given back as it is.
 *
 * @param description - the upstream, without its password.
 */
export function upstreamError(error: unknown, description: string): unknown {
  if (error instanceof MavenError) return error;
  const message = postgresMessage(error);
  const code = codeOf(error) ?? '';
  switch (postgresFault(error)) {
    case 'auth':
      return wrapped(
        error,
        'UPSTREAM_AUTH',
        `${description} refused the login: ${message}`,
        CHECK_LOGIN,
        description,
      );
    case 'no_database':
      return wrapped(error, 'UPSTREAM_UNREACHABLE', `${description}: ${message}`, CHECK_NAME, description);
    case 'busy': {
      const hint = 'run this again when the other session has ended';
      return wrapped(error, 'UPSTREAM_FAILED', `${description} is locked: ${message}`, hint, description);
    }
    case 'lost':
      return unreachable(error, description);
    case 'failed': {
      const hint = HINTS[code] ?? 'nothing was changed upstream; look at the message, then run this again';
      return wrapped(error, 'UPSTREAM_FAILED', `${description}: ${message}`, hint, description);
    }
    case null:
      return error;
  }
}

function unreachable(error: unknown, description: string): MavenError {
  const text = `${description} cannot be reached: ${postgresMessage(error)}`;
  return wrapped(error, 'UPSTREAM_UNREACHABLE', text, CHECK_ADDRESS, description);
}

function wrapped(
  error: unknown,
  code: ErrorCode,
  message: string,
  hint: string,
  description: string,
): MavenError {
  const data = { upstream: description, sqlstate: codeOf(error) ?? null };
  return new MavenError(code, message, { hint, data, cause: error });
}
