import { spawn } from 'node:child_process';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { CommandEntry } from '../src/cli/command.js';
import { COMMANDS } from '../src/cli/registry.js';
import { loadConfig } from '../src/config.js';
import { PROGRAM } from './support/cli.js';
import { createTestRepository, type TestRepository } from './support/test-repository.js';

const HISTORY = path.resolve(import.meta.dirname, '../fixtures/history/.moha');

/** Stands in for every password; nothing may ever repeat it, nor any part of it that means something. */
const SECRET = 'Zq7Secret9Marked';
/** A port on which nobody listens. */
const NOBODY = '127.0.0.1:1';

/** Passwords in every place that takes one, all well-formed, and nobody at home. */
const UNREACHABLE = {
  MAVEN_DATABASE_URL: `postgres://maven:${SECRET}@${NOBODY}/maven_data`,
  MOHA_DATABASE_URL: `postgres://moha:${SECRET}@${NOBODY}/moha_data`,
  DB_PASSWORD: SECRET,
  MOHA_DB_PASSWORD: SECRET,
  REDIS_URL: `redis://default:${SECRET}@${NOBODY}`,
  HYPERLIQUID_ADDRESS: '0x0000000000000000000000000000000000000001',
  HYPERLIQUID_API_URL: `http://${NOBODY}`,
  MAVEN_GIT_USERNAME: 'token',
  MAVEN_GIT_PASSWORD: SECRET,
};

/** What people get wrong in a URL; each is refused by name, and not repeated. */
const MALFORMED = [
  `postgres://maven:${SECRET}@host:port/db`,
  `postgress://maven:${SECRET}@host/db`,
  `postgres://maven:${SECRET}#1@host/db`,
  `postgres://maven:${SECRET}%zz@host/db`,
  `postgres://maven:a/b?${SECRET}@host/db`,
  `maven:${SECRET}@host/db`,
  `"postgres://maven:${SECRET}@host/db"`,
  `postgres://maven:${SECRET}@host/db\n`,
  `postgres://host/db?password=${SECRET}&sslmode=never`,
] as const;

/** What a command needs besides its name. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  'record decision': ['--type', 'buy', '--action', 'x'],
  'record event': ['--type', 'NOTE', '--text', 'x'],
  'record milestone': ['--title', 'x'],
  'record insight': ['--type', 'x', '--text', 'y'],
  'record identity': ['-'],
  'record correction': ['moha/1', '--fees', '1', '--reason', 'x'],
  'import conversation': ['nowhere.jsonl'],
  'win-rate': ['BTC'],
  search: ['funding'],
  history: ['moha/1'],
  diff: ['HEAD..'],
  'merge-driver': ['a', 'b', 'c', 'd'],
  report: ['--out', 'report.html', '--force'],
  health: ['snapshot'],
  // The rehearsal itself takes half a minute, in databases of its own.
  drill: ['nowhere'],
};

function namesOf(entries: readonly CommandEntry[], before = ''): readonly string[] {
  return entries.flatMap((entry) => {
    const name = `${before}${entry.command.split(' ')[0]}`;
    return 'subcommands' in entry && entry.subcommands !== undefined
      ? namesOf(entry.subcommands, `${name} `)
      : [name];
  });
}

describe('a secret', () => {
  let place: TestRepository;
  /** Command lines of every process that a command of the program was seen to start, itself included. */
  const commandLines = new Set<string>();
  beforeAll(() => {
    place = createTestRepository();
    cpSync(HISTORY, path.join(place.folder, '.moha'), { recursive: true });
    place.commit({}, 'history');
    place.git('remote', 'add', 'origin', `http://${NOBODY}/x.git`);
  });
  afterAll(() => place.remove());

  /** Everything that the program says. */
  const say = (args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> =>
    new Promise((resolve) => {
      const { MAVEN_DATABASE_URL: _, DB_HOST: __, ...inherited } = process.env;
      const child = spawn(process.execPath, [PROGRAM, ...args], {
        cwd: place.folder,
        env: { ...inherited, MAVEN_GIT_AUTHOR: 'Test <test@example.com>', ...env },
      });
      const chunks: Buffer[] = [];
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      child.stdin.on('error', () => undefined).end('{}');
      const watch = setInterval(noteCommandLines, 50);
      child.once('close', () => {
        clearInterval(watch);
        resolve(Buffer.concat(chunks).toString('utf8'));
      });
    });
  const noteCommandLines = (): void => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        commandLines.add(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
      } catch {
        // It has ended.
      }
    }
  };

  const commands = namesOf(COMMANDS);

  it.each(commands)(
    'is in nothing that %s says',
    async (name) => {
      const args = [...name.split(' '), ...(ARGUMENTS[name] ?? [])];
      expect(await say([...args, '--verbose'], UNREACHABLE)).not.toContain(SECRET);
    },
    240_000,
  );

  it('is in no word about a wrong address, wherever in it somebody has put it', async () => {
    const protocols = {
      MAVEN_DATABASE_URL: 'postgres',
      MOHA_DATABASE_URL: 'postgres',
      REDIS_URL: 'redis',
      HYPERLIQUID_API_URL: 'https',
    };
    let refused = 0;
    for (const [variable, protocol] of Object.entries(protocols)) {
      for (const malformed of MALFORMED) {
        const url = malformed.replace(/^postgres/, protocol);
        try {
          loadConfig({ [variable]: url });
        } catch (error) {
          refused += 1;
          expect([url, inspect(error, { depth: 9 }).includes(SECRET)]).toEqual([url, false]);
        }
      }
      const url = `${protocol}://host:1/db?password=${SECRET}&sslmode=never`;
      const env = { HYPERLIQUID_ADDRESS: UNREACHABLE.HYPERLIQUID_ADDRESS, [variable]: url };
      expect(await say(['doctor', '--verbose', '--json'], env)).not.toContain(SECRET);
    }
    expect(refused).toBeGreaterThan(15);
  }, 240_000);

  it('is in nothing that is said of a server that refuses it', async () => {
    const url = new URL(inject('postgresUrl'));
    [url.username, url.password] = ['nobody_of_that_name', SECRET];
    const env = { MAVEN_DATABASE_URL: url.toString(), MOHA_DATABASE_URL: url.toString() };
    for (const args of [['reconcile'], ['verify', '--verbose'], ['sync', 'trades', '--verbose'], ['doctor']])
      expect(await say(args, env)).not.toContain(SECRET);
  }, 240_000);

  it('is in no file of the repository, no commit and no message', () => {
    const files = readdirSync(place.folder, { recursive: true, withFileTypes: true }).filter((file) =>
      file.isFile(),
    );
    expect(files.length).toBeGreaterThan(400);
    for (const file of files) {
      const name = path.join(file.parentPath, file.name);
      expect([name, readFileSync(name).includes(SECRET)]).toEqual([name, false]);
    }
    expect(place.git('log', '--all', `-S${SECRET}`, '--format=%H')).toBe('');
    expect(place.git('log', '--all', '--format=%B%an%ae')).not.toContain(SECRET);
  });

  it('is on no command line that others can read', () => {
    expect(commandLines.size).toBeGreaterThan(commands.length);
    for (const line of commandLines) expect(line).not.toContain(SECRET);
  });
});
