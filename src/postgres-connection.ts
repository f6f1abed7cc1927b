import type { PostgresConnection } from './config.js';

/** Every value as the server's text: no Date, no float, no parsed JSON. For the option `types` of `pg`. */
export const TEXT_TYPES = { getTypeParser: () => (value: unknown) => value };

/** How to reach a server, as `pg` names it. */
export type PostgresAddress =
  | { readonly connectionString: string }
  | {
      readonly host: string;
      readonly port: number;
      readonly database: string;
      readonly user: string;
      readonly password?: string;
    };

/** Turns configured connection data into the options of a `pg` pool. */
export function postgresAddress(connection: PostgresConnection): PostgresAddress {
  if ('url' in connection) return { connectionString: connection.url };
  const { host, port, database, user, password } = connection;
  return { host, port, database, user, ...(password === undefined ? {} : { password }) };
}

/** Names the server for messages, without user or password. */
export function describePostgres(connection: PostgresConnection): string {
  if (!('url' in connection)) return `Postgres ${connection.host}:${connection.port}/${connection.database}`;
  const url = new URL(connection.url);
  const host = url.hostname || url.searchParams.get('host') || 'localhost';
  return `Postgres ${host}:${url.port || '5432'}${url.pathname}`;
}
