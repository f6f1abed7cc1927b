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
  readonly moha: MohaConfig;
  readonly hyperliquid: HyperliquidConfig;
  /** Where the shared cache and the shared rate limit live; null = in this process. */
  readonly redis: RedisConnection | null;
  /** Seconds in which each feed is to come in, where no loop on this machine says so. */
  readonly feedIntervals: FeedIntervals;
}

export interface FeedIntervals {
  readonly trades: number;
  readonly snapshots: number;
  readonly metrics: number;
  /** From a commit to its projection. */
  readonly reconcile: number;
}

/** MoHa's Postgres, from which trades are synced. */
export interface MohaConfig {
  /** Null when none is named: then only the jobs that need it fail. */
  readonly connection: PostgresConnection | null;
  /** Zone of `timestamp` columns that carry none. */
  readonly timeZone: string;
  /** First match wins; a pattern is a bot's id or type, `*` stands for any text. */
  readonly tradeSources: readonly { readonly pattern: string; readonly tradeSource: string }[];
}

/** The exchange; checked by the job that needs it. */
export interface HyperliquidConfig {
  readonly address: string | undefined;
  readonly apiUrl: string;
}

export type RedisConnection =
  | { readonly url: string }
  | { readonly host: string; readonly port: number; readonly db: number };

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_LOCK_TIMEOUT_SECONDS = 60;
const POSTGRES_PORT = 5432;
const REDIS_PORT = 6379;
/** Those of the jobs' own loops. */
const FEED_INTERVALS: FeedIntervals = { trades: 300, snapshots: 3600, metrics: 3600, reconcile: 300 };
const HYPERLIQUID_APIS: Readonly<Record<string, string>> = {
  mainnet: 'https://api.hyperliquid.xyz',
  testnet: 'https://api.hyperliquid-testnet.xyz',
};

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
    moha: readMoha(env, mistakes),
    hyperliquid: readHyperliquid(env, mistakes),
    redis: readRedis(env, mistakes),
    feedIntervals: readFeedIntervals(env, mistakes),
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
  if (nonEmpty(env.MAVEN_DATABASE_URL) === 'embedded') return { kind: 'embedded' };
  const connection = readPostgres(env, 'MAVEN_DATABASE_URL', 'DB', 'maven', ', or "embedded"', mistakes);
  return connection === null ? { kind: 'embedded' } : { kind: 'postgres', connection };
}

function readMoha(env: Environment, mistakes: string[]): MohaConfig {
  return {
    connection: readPostgres(env, 'MOHA_DATABASE_URL', 'MOHA_DB', 'moha', '', mistakes),
    timeZone: nonEmpty(env.MOHA_TIME_ZONE) ?? 'UTC',
    tradeSources: readTradeSources(env, mistakes),
  };
}

/** A URL, or the parts with one prefix (`DB_HOST`, `DB_PORT`, ...) whose defaults are those of the compose file. */
function readPostgres(
  env: Environment,
  urlName: string,
  prefix: string,
  owner: string,
  alternatives: string,
  mistakes: string[],
): PostgresConnection | null {
  const url = nonEmpty(env[urlName]);
  if (url !== undefined) {
    if (!isPostgresUrl(url))
      mistakes.push(`${urlName}: expected postgres://user:password@host:port/database${alternatives}`);
    return { url };
  }
  const host = nonEmpty(env[`${prefix}_HOST`]);
  if (host === undefined) return null;
  return {
    host,
    port: readInteger(env, `${prefix}_PORT`, POSTGRES_PORT, 1, 65_535, mistakes),
    database: nonEmpty(env[`${prefix}_NAME`]) ?? `${owner}_data`,
    user: nonEmpty(env[`${prefix}_USER`]) ?? `${owner}_user`,
    password: nonEmpty(env[`${prefix}_PASSWORD`]),
  };
}

/** `mother-*=motherbot,ta-7=simple_ta` */
function readTradeSources(env: Environment, mistakes: string[]): MohaConfig['tradeSources'] {
  const entries = (nonEmpty(env.MOHA_TRADE_SOURCES) ?? '').split(',').filter((entry) => entry.trim() !== '');
  return entries.flatMap((entry) => {
    const [, pattern, tradeSource] = /^([^=]{1,255})=([\w.-]{1,64})$/.exec(entry.trim()) ?? [];
    if (pattern !== undefined && tradeSource !== undefined) return [{ pattern: pattern.trim(), tradeSource }];
    const expected = 'expected pairs such as mother-*=motherbot,ta-7=simple_ta';
    mistakes.push(`MOHA_TRADE_SOURCES: ${expected}, got ${JSON.stringify(entry.trim())}`);
    return [];
  });
}

function readHyperliquid(env: Environment, mistakes: string[]): HyperliquidConfig {
  const named = nonEmpty(env.HYPERLIQUID_API_URL) ?? 'mainnet';
  const apiUrl = HYPERLIQUID_APIS[named] ?? named.replace(/\/+$/, '');
  const fault = faultOfApiUrl(apiUrl);
  if (fault !== null) mistakes.push(`HYPERLIQUID_API_URL: ${fault}`);
  return { address: nonEmpty(env.HYPERLIQUID_ADDRESS), apiUrl };
}

/** In words that do not repeat the URL: what is wrong with it may be a secret in it. */
function faultOfApiUrl(text: string): string | null {
  const expected = 'expected https://host, "mainnet" or "testnet"';
  if (!URL.canParse(text)) return expected;
  const { protocol, username, password } = new URL(text);
  if (!/^https?:$/.test(protocol)) return expected;
  if (username !== '' || password !== '')
    return `${expected}, without a user or a password: the API takes none, and they would be sent along`;
  if (/[?#]/.test(text)) return `${expected}, without "?" or "#": "/info" is added to it`;
  return null;
}

function readRedis(env: Environment, mistakes: string[]): RedisConnection | null {
  const url = nonEmpty(env.REDIS_URL);
  if (url !== undefined) {
    if (!URL.canParse(url) || !/^rediss?:$/.test(new URL(url).protocol))
      mistakes.push('REDIS_URL: expected redis://host:port/db or rediss://...');
    return { url };
  }
  const host = nonEmpty(env.REDIS_HOST);
  if (host === undefined) return null;
  return {
    host,
    port: readInteger(env, 'REDIS_PORT', REDIS_PORT, 1, 65_535, mistakes),
    db: readInteger(env, 'REDIS_DB', 0, 0, 1_000_000, mistakes),
  };
}

/** `trades=60,snapshots=86400` */
function readFeedIntervals(env: Environment, mistakes: string[]): FeedIntervals {
  const entries = (nonEmpty(env.MAVEN_FEED_INTERVALS) ?? '')
    .split(',')
    .filter((entry) => entry.trim() !== '');
  const intervals = { ...FEED_INTERVALS };
  for (const entry of entries) {
    const [, feed = '', seconds] =
      /^(trades|snapshots|metrics|reconcile)=([1-9]\d{0,7})$/.exec(entry.trim()) ?? [];
    if (seconds !== undefined) intervals[feed as keyof FeedIntervals] = Number(seconds);
    else {
      const expected =
        'expected seconds of a feed such as trades=300,snapshots=3600,metrics=3600,reconcile=300';
      mistakes.push(`MAVEN_FEED_INTERVALS: ${expected}, got ${JSON.stringify(entry.trim())}`);
    }
  }
  return intervals;
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
