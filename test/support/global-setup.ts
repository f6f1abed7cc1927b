import type { TestProject } from 'vitest/node';
import { startPostgres } from './postgres-server.js';
import { HOW_TO_GET_REDIS, redisBinary } from './redis-binary.js';

declare module 'vitest' {
  interface ProvidedContext {
    readonly postgresUrl: string;
  }
}

/** One real Postgres for the whole run; says which one, and whether there is a Redis. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres();
  process.stdout.write(`Postgres for the tests: ${server.origin}\n`);
  const redis = redisBinary() ?? `none, so its suites are skipped (${HOW_TO_GET_REDIS})`;
  process.stdout.write(`Redis for the tests: ${redis}\n`);
  project.provide('postgresUrl', server.url);
  return () => server.stop();
}
