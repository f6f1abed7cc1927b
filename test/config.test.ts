import { describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config.js';
import { MavenError } from '../src/errors.js';

describe('loadConfig', () => {
  it('uses the embedded database when nothing is set', () => {
    expect(loadConfig({})).toEqual({
      database: { kind: 'embedded' },
      gitAuthor: undefined,
      lockTimeoutMs: 60_000,
      nativeGit: true,
      moha: { connection: null, timeZone: 'UTC', tradeSources: [] },
      hyperliquid: { address: undefined, apiUrl: 'https://api.hyperliquid.xyz' },
      redis: null,
      feedIntervals: { trades: 300, snapshots: 3600, metrics: 3600, reconcile: 300 },
    });
  });

  it('reads the upstreams and Redis', () => {
    const config = loadConfig({
      MOHA_DB_HOST: 'moha_postgres',
      MOHA_TIME_ZONE: 'Europe/Berlin',
      MOHA_TRADE_SOURCES: 'mother-*=motherbot, ta-7=simple_ta',
      HYPERLIQUID_ADDRESS: '0xabc',
      HYPERLIQUID_API_URL: 'testnet',
      REDIS_HOST: 'maven_redis',
    });
    expect(config.moha).toEqual({
      connection: {
        host: 'moha_postgres',
        port: 5432,
        database: 'moha_data',
        user: 'moha_user',
        password: undefined,
      },
      timeZone: 'Europe/Berlin',
      tradeSources: [
        { pattern: 'mother-*', tradeSource: 'motherbot' },
        { pattern: 'ta-7', tradeSource: 'simple_ta' },
      ],
    });
    expect(config.hyperliquid).toEqual({
      address: '0xabc',
      apiUrl: 'https://api.hyperliquid-testnet.xyz',
    });
    expect(config.redis).toEqual({ host: 'maven_redis', port: 6379, db: 0 });
    expect(loadConfig({ REDIS_URL: 'redis://h:1/2', REDIS_HOST: 'other' }).redis).toEqual({
      url: 'redis://h:1/2',
    });
  });

  it('names every mistake in the upstreams at once', () => {
    const env = {
      MOHA_DATABASE_URL: 'http://secret@x',
      MOHA_TRADE_SOURCES: 'mother',
      HYPERLIQUID_API_URL: 'ftp://x',
      REDIS_URL: 'http://x',
    };
    expect(() => loadConfig(env)).toThrow(
      /MOHA_DATABASE_URL.*MOHA_TRADE_SOURCES.*"mother".*HYPERLIQUID_API_URL.*REDIS_URL/,
    );
  });

  it.each([
    'https://trader:hunter2@api.example.com',
    'https://hunter2@api.example.com',
    'https://api.example.com?key=hunter2',
    'https://api.example.com/#hunter2',
    'hunter2',
  ])('refuses the exchange address %s, and does not repeat what may be a secret', (url) => {
    let error: unknown;
    try {
      loadConfig({ HYPERLIQUID_API_URL: url });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('HYPERLIQUID_API_URL: expected https://host'),
    });
    const { message, hint, data } = error as MavenError;
    expect(JSON.stringify([message, hint, data])).not.toContain('hunter2');
  });

  it('takes the DB_* set, and lets the URL win', () => {
    const parts = {
      DB_HOST: 'maven_postgres',
      DB_PORT: '5433',
      DB_NAME: 'd',
      DB_USER: 'u',
      DB_PASSWORD: 'p',
    };
    expect(loadConfig(parts).database).toEqual({
      kind: 'postgres',
      connection: { host: 'maven_postgres', port: 5433, database: 'd', user: 'u', password: 'p' },
    });
    const url = 'postgres://u:p@h/d';
    expect(loadConfig({ ...parts, MAVEN_DATABASE_URL: url }).database).toEqual({
      kind: 'postgres',
      connection: { url },
    });
    expect(loadConfig({ ...parts, MAVEN_DATABASE_URL: 'embedded' }).database).toEqual({ kind: 'embedded' });
  });

  it('names every mistake at once, without the secret', () => {
    const env = {
      MAVEN_DATABASE_URL: 'mysql://u:secret@h/d',
      MAVEN_LOCK_TIMEOUT_SECONDS: '-1',
      MAVEN_NATIVE_GIT: 'perhaps',
    };
    const error = (() => {
      try {
        return loadConfig(env);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(MavenError);
    const { message } = error as MavenError;
    for (const name of Object.keys(env)) expect(message).toContain(name);
    expect(message).not.toContain('secret');
  });
});
