import type { PGlite } from '@electric-sql/pglite';
import { readEmbeddedImage } from './embedded-image.js';

/** A Postgres in memory, for rehearsals: it is gone when it is closed. */
export interface Sandbox {
  /** Runs statements. */
  run(script: string): Promise<void>;
  /** Runs one statement. @returns its rows by place, every value as Postgres prints it. */
  query(statement: string): Promise<readonly (readonly (string | null)[])[]>;
  close(): Promise<void>;
}

/** Opens a Postgres in memory. Its session speaks UTC. */
export async function openSandbox(): Promise<Sandbox> {
  const { PGlite } = await import('@electric-sql/pglite');
  const image = await readEmbeddedImage();
  const pglite: PGlite = await PGlite.create(image === null ? {} : { loadDataDir: image });
  await pglite.exec("set timezone to 'UTC'");
  // Values of any type are asked for as they are: nothing here may make a float or a Date of them.
  const parsers = new Proxy<Record<number, (value: string) => string>>(
    {},
    { get: () => (value: string) => value },
  );
  return {
    run: async (script) => {
      await pglite.exec(script);
    },
    query: async (statement) => {
      const { rows } = await pglite.query<(string | null)[]>(statement, [], { rowMode: 'array', parsers });
      return rows;
    },
    close: () => pglite.close(),
  };
}
