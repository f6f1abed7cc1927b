import { type Context, openContext } from '../../src/index.js';

/** Where no Postgres listens; its password must turn up nowhere. */
export const AWAY = 'postgres://maven:secret@127.0.0.1:1/none';

/** Opens a repository as an author of commits; the clock is that of the machine where none is given. */
export function openTestContext(
  { folder }: { readonly folder: string },
  databaseUrl: string,
  clock?: () => Date,
): Promise<Context> {
  return openContext({
    repo: folder,
    env: { MAVEN_DATABASE_URL: databaseUrl, MAVEN_GIT_AUTHOR: 'Test <test@example.com>' },
    ...(clock === undefined ? {} : { clock }),
  });
}
