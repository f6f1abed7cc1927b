import type { TestProject } from 'vitest/node';
import { chromiumBinary, HOW_TO_GET_CHROMIUM } from './chromium-binary.js';
import { startPostgres } from './postgres-server.js';
import { HOW_TO_GET_REDIS, redisBinary } from './redis-binary.js';

declare module 'vitest' {
  interface ProvidedContext {
    readonly postgresUrl: string;
  }
}

/** One real Postgres for the whole run; says which one, and whether there are a Redis and a browser. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres();
  process.stdout.write(`Postgres for the tests: ${server.origin}\n`);
  const redis = redisBinary() ?? `none, so its suites are skipped (${HOW_TO_GET_REDIS})`;
  process.stdout.write(`Redis for the tests: ${redis}\n`);
  const chromium = chromiumBinary() ?? `none, so its suites are skipped (${HOW_TO_GET_CHROMIUM})`;
  process.stdout.write(`Browser for the tests: ${chromium}\n`);
  project.provide('postgresUrl', server.url);
  return () => server.stop();
}
