import { startPostgres, type TestServer } from '../support/postgres-server.js';

/** The Postgres server of a run, started when the first scenario asks for it. */
export interface Servers {
  readonly postgres: () => Promise<string>;
  stop(): Promise<void>;
}

export function lazyServers(): Servers {
  let server: Promise<TestServer> | null = null;
  return {
    postgres: async () => {
      server ??= startPostgres();
      return (await server).url;
    },
    stop: async () => {
      await (await server)?.stop();
    },
  };
}
