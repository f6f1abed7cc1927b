import { join } from 'node:path';
import type { StandIn } from '../../src/sources/hyperliquid/stand-in/start-stand-in.js';
import { git, initRepository, writeFiles } from '../git/support/temporary.js';
import type { TestUpstream } from '../ledger/upstream.js';
import { type CliRun, maven } from '../support/cli.js';
import { removeFolder } from '../support/remove-folder.js';
import { makeDatabase, type ScenarioDatabase } from './database.js';
import { ACCOUNT, startExchange } from './exchange.js';
import { makeUpstream } from './upstream.js';

/** Everything the program works with, real: a repository in which a person works, databases, an upstream, an exchange. */
export interface World {
  readonly folder: string;
  /** What the program is started with. */
  readonly env: Readonly<Record<string, string>>;
  /** Null where the projection is the embedded database. */
  readonly projection: ScenarioDatabase | null;
  readonly upstream: TestUpstream;
  readonly exchange: StandIn;
  /** Runs the built program. */
  maven(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<CliRun>;
  /** Runs native git; it must succeed. */
  git(...args: readonly string[]): string;
  remove(): Promise<void>;
}

export interface WorldOptions {
  readonly dir: string;
  readonly serverUrl: string;
  readonly embedded?: boolean;
}

/** Makes a repository with artifacts, and in it a file that a person has staged and one that they have not. */
export async function makeWorld({ dir, serverUrl, embedded = false }: WorldOptions): Promise<World> {
  const folder = join(dir, 'tree');
  const projection = embedded ? null : await makeDatabase(serverUrl);
  const upstream = await makeUpstream(serverUrl);
  const exchange = await startExchange();
  const env = {
    MAVEN_DATABASE_URL: projection?.url ?? 'embedded',
    MOHA_DATABASE_URL: upstream.url,
    HYPERLIQUID_ADDRESS: ACCOUNT,
    HYPERLIQUID_API_URL: exchange.url,
    MAVEN_GIT_AUTHOR: 'Maven <maven@example.org>',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
  };
  initRepository(folder, { 'README.md': 'a\n' });
  const world: World = {
    folder,
    env,
    projection,
    upstream,
    exchange,
    maven: (args, more = {}) => maven(args, { cwd: folder, env: { ...env, ...more } }),
    git: (...args) => git(folder, ...args),
    remove: async () => {
      await exchange.close();
      await upstream.drop();
      await projection?.drop();
      removeFolder(dir);
    },
  };
  const run = await world.maven(['init']);
  if (run.exitCode !== 0) throw new Error(`init: ${run.stderr}${run.stdout}`);
  writeFiles(folder, { 'staged.txt': 'mine\n', 'untracked.txt': 'u\n' });
  git(folder, 'add', 'staged.txt');
  return world;
}

/** What `git status` says in a {@link makeWorld} where nobody touched what is a person's. */
export const PERSONS_STATUS = 'A  staged.txt\n?? untracked.txt';
