import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LockOwner, livenessOf, ownerHere, parseOwner } from '../../src/lock-owner.js';
import { acquireProcessLock } from '../../src/process-lock.js';
import { compiled, ended } from './support/children.js';
import { type TemporaryFolder, temporaryFolder } from './support/temporary.js';

let folder: TemporaryFolder;
let dir: string;
beforeEach(() => {
  folder = temporaryFolder();
  dir = join(folder.dir, 'deep', 'lock');
});
afterEach(() => folder.remove());

const quick = { timeoutMs: 200, purpose: 'test' };

function hold(purpose: string) {
  const child = spawn(process.execPath, [compiled('git/support/lock-holder.js'), dir, purpose]);
  const held = new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
  return { child, held, end: ended(child) };
}

/** Writes the highest generation as some other process would have. */
function pretend(owner: Partial<LockOwner>, ageMs = 0): void {
  const file = join(dir, '7');
  writeFileSync(file, `${JSON.stringify({ ...ownerHere('elsewhere'), ...owner })}\n`);
  const time = new Date(Date.now() - ageMs);
  utimesSync(file, time, time);
}

describe('the lock', () => {
  it('goes from hand to hand', async () => {
    for (let round = 0; round < 30; round++) await (await acquireProcessLock(dir, quick)).release();
    expect(readdirSync(dir).length).toBeLessThan(12);
    expect(readdirSync(dir).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('excludes callers of the same process, and lets them in one after the other', async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      const lock = await acquireProcessLock(dir, { timeoutMs: 10_000, purpose: 'test' });
      inside++;
      most = Math.max(most, inside);
      await sleep(3);
      inside--;
      await lock.release();
    };
    await Promise.all(Array.from({ length: 20 }, work));
    expect(most).toBe(1);
  });

  it('names its owner when the wait is over', async () => {
    const lock = await acquireProcessLock(dir, { ...quick, purpose: 'a long job' });
    const started = performance.now();
    await expect(acquireProcessLock(dir, quick)).rejects.toMatchObject({
      code: 'LOCK_TIMEOUT',
      message: expect.stringContaining(`process ${process.pid} on ${hostname()} (a long job, since 20`),
    });
    expect(performance.now() - started).toBeLessThan(10_000);
    await lock.release();
    await lock.release();
    await (await acquireProcessLock(dir, { ...quick, timeoutMs: 0 })).release();
  });

  it('tells once that it waits, after a second', async () => {
    const lock = await acquireProcessLock(dir, { ...quick, purpose: 'slow' });
    const started = performance.now();
    const told: [LockOwner, number][] = [];
    const onWait = (owner: LockOwner) => told.push([owner, performance.now() - started]);
    const waiting = acquireProcessLock(dir, { timeoutMs: 20_000, purpose: 'x', onWait });
    await sleep(1500);
    await lock.release();
    await (await waiting).release();
    expect(told.map(([owner]) => [owner.pid, owner.purpose])).toEqual([[process.pid, 'slow']]);
    expect(told[0]?.[1]).toBeGreaterThan(900);
  });

  it('of a killed process is free at once; of a busy one never', async () => {
    const { child, held, end } = hold('busy');
    await held;
    await expect(acquireProcessLock(dir, quick)).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
    child.kill('SIGSTOP');
    await expect(acquireProcessLock(dir, quick)).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
    child.kill('SIGKILL');
    await end;
    await (await acquireProcessLock(dir, quick)).release();
  });

  it('of a process before the last boot is free', async () => {
    await (await acquireProcessLock(dir, quick)).release();
    pretend({ bootId: 'another boot' });
    await (await acquireProcessLock(dir, quick)).release();
  });

  it('of a process number that is used again is free', async () => {
    await (await acquireProcessLock(dir, quick)).release();
    pretend({ startTime: '1' });
    await (await acquireProcessLock(dir, quick)).release();
  });

  it('of another host or container is respected while its heart may beat', async () => {
    await (await acquireProcessLock(dir, quick)).release();
    for (const elsewhere of [{ bootId: 'x', host: 'far-away' }, { pidNamespace: 'pid:[1]' }]) {
      pretend(elsewhere, 600_000);
      await expect(acquireProcessLock(dir, quick)).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
    }
  });

  it('torn by a power loss is free after a second', async () => {
    await (await acquireProcessLock(dir, quick)).release();
    writeFileSync(join(dir, '7'), '');
    await expect(acquireProcessLock(dir, quick)).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
    await (await acquireProcessLock(dir, { ...quick, timeoutMs: 10_000 })).release();
  });

  it('in a folder that cannot be is an error that says so', async () => {
    writeFileSync(join(folder.dir, 'file'), '');
    await expect(acquireProcessLock(join(folder.dir, 'file', 'lock'), quick)).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
    });
  });

  it('survives many processes that are killed while they want it, hold it or release it', async () => {
    const counter = join(folder.dir, 'counter');
    writeFileSync(counter, '0');
    const until = performance.now() + 4000;
    const live = async (number: number) => {
      for (let life = 0; performance.now() < until; life++) {
        const child = spawn(process.execPath, [
          compiled('git/support/lock-holder.js'),
          dir,
          'count',
          counter,
        ]);
        const end = ended(child);
        await sleep(300 + ((number * 37 + life * 61) % 400));
        child.kill('SIGKILL');
        expect((await end).stderr).toBe('');
      }
    };
    await Promise.all([0, 1, 2, 3].map(live));
    await (await acquireProcessLock(dir, { ...quick, timeoutMs: 2000 })).release();
    expect(existsSync(`${counter}.broken`)).toBe(false);
    expect(Number(readFileSync(counter, 'utf8'))).toBeGreaterThan(0);
  }, 30_000);
});

describe('an owner', () => {
  it('is alive as long as it is this process', () => {
    const owner = ownerHere('x');
    expect(livenessOf(owner)).toBe('alive');
    expect(parseOwner(JSON.stringify(owner))).toEqual(owner);
    expect(livenessOf({ ...owner, pid: 2 ** 22 + 1 })).toBe('dead');
  });

  it('without /proc is dead when its number is free, and otherwise unknown', () => {
    const owner = { ...ownerHere('x'), bootId: null, startTime: null, pidNamespace: null };
    expect(livenessOf(owner)).toBe('unknown');
    expect(livenessOf({ ...owner, pid: 2 ** 22 + 1 })).toBe('dead');
    expect(livenessOf({ ...owner, host: 'far-away' })).toBe('unknown');
  });

  it('is none when the text is none', () => {
    for (const text of ['', '{', 'null', '[]', '{"pid":"1","host":"x"}', '\0\0\0'])
      expect(parseOwner(text)).toBeNull();
  });
});
