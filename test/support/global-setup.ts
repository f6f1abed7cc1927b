import type { TestProject } from 'vitest/node';
import { startPostgres } from './postgres-server.js';

declare module 'vitest' {
  interface ProvidedContext {
    readonly postgresUrl: string;
  }
}

/** One real Postgres for the whole run; says which one. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres();
  process.stdout.write(`Postgres for the tests: ${server.origin}\n`);
  project.provide('postgresUrl', server.url);
  return () => server.stop();
}
