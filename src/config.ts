import { MavenError } from './errors.js';

/** Where the projection lives: the embedded database of the repository, or a Postgres server. */
export type DatabaseConfig =
  | { readonly kind: 'embedded' }
  | { readonly kind: 'postgres'; readonly connection: PostgresConnection };

/** How to reach a Postgres server. A URL wins over the single parts. */
export type PostgresConnection =
  | { readonly url: string }
  | {
      readonly host: string;
      readonly port: number;
      readonly database: string;
      readonly user: string;
      readonly password: string | undefined;
    };

/** Everything the environment decides, read once and checked as a whole. */
export interface Config {
  readonly database: DatabaseConfig;
  /** `Name <mail>` for commits, or undefined to take git's own configuration. */
  readonly gitAuthor: string | undefined;
  /** Longest wait for another process, in milliseconds. */
  readonly lockTimeoutMs: number;
  /** Use the `git` binary for reading when there is one. */
  readonly nativeGit: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_LOCK_TIMEOUT_SECONDS = 60;
const POSTGRES_PORT = 5432;

/**
 * Reads the configuration from environment variables.
 *
 * All mistakes are reported at once, so that nobody mends one only to meet the next.
 *
 * @param env - the process's environment; the only place where it is read.
 * @throws {@link MavenError} CONFIG_INVALID naming every variable that is wrong.
 */
export function loadConfig(env: Environment): Config {
  const mistakes: string[] = [];
  const config: Config = {
    database: readDatabase(env, mistakes),
    gitAuthor: nonEmpty(env.MAVEN_GIT_AUTHOR),
    lockTimeoutMs:
      1000 *
      readInteger(env, 'MAVEN_LOCK_TIMEOUT_SECONDS', DEFAULT_LOCK_TIMEOUT_SECONDS, 1, 86_400, mistakes),
    nativeGit: readSwitch(env, 'MAVEN_NATIVE_GIT', true, mistakes),
  };
  if (mistakes.length > 0) {
    throw new MavenError('CONFIG_INVALID', `invalid configuration: ${mistakes.join('; ')}`, {
      hint: 'correct or unset these environment variables; the README lists all of them',
      data: { mistakes },
    });
  }
  return config;
}

function readDatabase(env: Environment, mistakes: string[]): DatabaseConfig {
  const url = nonEmpty(env.MAVEN_DATABASE_URL);
  if (url !== undefined) {
    if (url === 'embedded') return { kind: 'embedded' };
    if (!isPostgresUrl(url)) {
      mistakes.push(
        'MAVEN_DATABASE_URL: expected postgres://user:password@host:port/database, or "embedded"',
      );
    }
    return { kind: 'postgres', connection: { url } };
  }
  const host = nonEmpty(env.DB_HOST);
  if (host === undefined) return { kind: 'embedded' };
  return {
    kind: 'postgres',
    connection: {
      host,
      port: readInteger(env, 'DB_PORT', POSTGRES_PORT, 1, 65_535, mistakes),
      database: nonEmpty(env.DB_NAME) ?? 'maven_data',
      user: nonEmpty(env.DB_USER) ?? 'maven_user',
      password: nonEmpty(env.DB_PASSWORD),
    },
  };
}

function isPostgresUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol } = new URL(url);
  return protocol === 'postgres:' || protocol === 'postgresql:';
}

function readInteger(
  env: Environment,
  name: string,
  fallback: number,
  least: number,
  most: number,
  mistakes: string[],
): number {
  const text = nonEmpty(env[name]);
  if (text === undefined) return fallback;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  mistakes.push(`${name}: expected a whole number from ${least} to ${most}, got ${JSON.stringify(text)}`);
  return fallback;
}

function readSwitch(env: Environment, name: string, fallback: boolean, mistakes: string[]): boolean {
  const text = nonEmpty(env[name])?.toLowerCase();
  if (text === undefined) return fallback;
  if (['1', 'true', 'yes', 'on'].includes(text)) return true;
  if (['0', 'false', 'no', 'off'].includes(text)) return false;
  mistakes.push(`${name}: expected on or off, got ${JSON.stringify(text)}`);
  return fallback;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text;
}
