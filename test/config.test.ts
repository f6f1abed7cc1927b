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
    });
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
