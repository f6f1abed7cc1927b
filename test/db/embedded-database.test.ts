import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedDatabase } from '../../src/db/embedded-database.js';
import { sql } from '../../src/db/sql.js';
import { removeFolder } from '../support/remove-folder.js';

const HOLDER = path.resolve(import.meta.dirname, '../../dist/test/support/hold-embedded.js');

describe('the embedded database', () => {
  let folder: string;
  let notices: string[];
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'maven-test-embedded-'));
    notices = [];
  });
  afterEach(() => removeFolder(folder));

  const open = (lockTimeoutMs = 60_000) =>
    openEmbeddedDatabase({ folder, lockTimeoutMs, notice: (message) => notices.push(message) });
  const hold = async (milliseconds: number): Promise<ChildProcess> => {
    const child = spawn(process.execPath, [HOLDER, folder, String(milliseconds)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    return child;
  };
  const countHolders = async (database: ReturnType<typeof open>): Promise<string | undefined> =>
    database.withSession(async ({ db }) => {
      const { rows } = await sql<{ count: string }>`select count(*) as count from held`.execute(db);
      return rows[0]?.count;
    });

  it('makes a second process wait its turn, with a message, and shows it what the first wrote', async () => {
    const holder = await hold(2500);
    const database = open();
    expect(await countHolders(database)).toBe('1');
    expect(notices).toEqual([expect.stringContaining(`waiting for process ${holder.pid}`)]);
    await database.close();
  });

  it('waits no longer than it was told', async () => {
    const holder = await hold(30_000);
    const database = open(300);
    await expect(countHolders(database)).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    await database.close();
  });

  it('takes over from a process that was killed, with what it had committed', async () => {
    const holder = await hold(60_000);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const database = open(5000);
    expect(await countHolders(database)).toBe('1');
    await database.close();
  });

  it('moves a folder aside that does not open, says so, and begins anew', async () => {
    const first = open();
    await first.withSession(({ db }) => sql`create table held (pid int)`.execute(db));
    await first.close();
    writeFileSync(path.join(folder, 'postgres', 'global', 'pg_control'), Buffer.alloc(8192));
    const second = open();
    const { rows } = await second.withSession(({ db }) =>
      sql<{ name: string | null }>`select to_regclass('held')::text as name`.execute(db),
    );
    expect(rows).toEqual([{ name: null }]);
    expect(notices).toEqual([expect.stringContaining('moved to')]);
    await second.close();
  });

  it('begins anew what a killed process had begun to make, without a word of damage', async () => {
    mkdirSync(path.join(folder, 'postgres', 'base'), { recursive: true });
    writeFileSync(path.join(folder, 'postgres', 'PG_VERSION'), '18\n');
    writeFileSync(path.join(folder, 'postgres.unfinished'), '');
    const database = open();
    await database.withSession(async ({ db }) => {
      await sql`create table made (n int)`.execute(db);
    });
    await database.close();
    expect(notices).toEqual([]);
    expect(existsSync(path.join(folder, 'postgres.unfinished'))).toBe(false);
  });

  it('rolls back what a failed piece of work left open', async () => {
    const database = open();
    await database.withSession(({ db }) => sql`create table held (pid int)`.execute(db));
    const failing = database.withSession(async ({ db }) => {
      await sql`begin`.execute(db);
      await sql`insert into held values (1)`.execute(db);
      throw new Error('in the middle');
    });
    await expect(failing).rejects.toThrow('in the middle');
    expect(await countHolders(database)).toBe('0');
    await database.close();
  });
});
