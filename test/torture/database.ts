import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** A database of a scenario's own. */
export interface ScenarioDatabase {
  readonly url: string;
  readonly name: string;
  drop(): Promise<void>;
}

/** Makes an empty database on a server, under a name that nobody has. */
export async function makeDatabase(serverUrl: string): Promise<ScenarioDatabase> {
  const name = `maven_torture_${randomBytes(6).toString('hex')}`;
  await onServer(serverUrl, (client) => client.query(`create database ${name}`));
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    url: url.toString(),
    name,
    drop: () =>
      onServer(serverUrl, async (client) => {
        await client.query(`drop database if exists ${name} with (force)`);
      }),
  };
}

/** Runs work over a session of its own. */
export async function onServer<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
