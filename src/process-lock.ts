import { randomBytes } from 'node:crypto';
import {
  closeSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, MavenError } from './errors.js';
import { type LockOwner, livenessOf, ownerHere, parseOwner } from './lock-owner.js';

export type { LockOwner } from './lock-owner.js';

export interface LockOptions {
  /** Longest wait; 0 tries once. */
  readonly timeoutMs: number;
  /** What the holder does with it, a few words for whoever waits: `record decision`. */
  readonly purpose: string;
  /** Called once, after about a second of waiting. */
  readonly onWait?: ((owner: LockOwner) => void) | undefined;
}

export interface ProcessLock {
  /** Lets the next one in. A second call does nothing. */
  release(): Promise<void>;
}

const RELEASED = '{"released":true}\n';
const heartbeatMs = 5_000;
/** An owner we cannot look at is dead when its heartbeat is this old and did not move while we watched. */
const staleMs = 120_000;
const watchedMs = 3 * heartbeatMs;
const damagedAfterMs = 1_000;
const livenessMs = 30;
const onWaitAfterMs = 1_000;
const leftoverAfterMs = 60_000;
/** Earlier generations kept, so that a listing taken while the lock changes hands still shows some of them. */
const keptGenerations = 8;

/**
 * Takes a lock that all processes of a machine respect, and that a killed holder cannot keep.
 *
 * Generations: the files of the folder are numbers, the highest one is the lock. It is free when it says released or
 * its owner is dead; it is taken by linking number n + 1, which only one process can do. The highest file is never
 * deleted, so no check can be overtaken (no ABA); whoever linked a number that is not the highest withdraws.
 * Callers in one process exclude each other the same way.
 *
 * Dead is decided by pid, start time, boot id and pid namespace, not by age: a busy holder is never robbed. Where these
 * tell nothing (another host or container on the same volume, no `/proc`) a heartbeat of 5 s on the file decides: two
 * minutes of silence, of which we watched 15 s.
 *
 * @throws {@link MavenError} LOCK_TIMEOUT naming the owner; FILE_UNREADABLE when the folder cannot be written.
 */
export async function acquireProcessLock(dir: string, options: LockOptions): Promise<ProcessLock> {
  const started = performance.now();
  reach(dir, () => mkdirSync(dir, { recursive: true }));
  const watch: Watch = { file: '', text: '', mtimeMs: 0, since: 0, askedAt: 0 };
  let told = false;
  for (;;) {
    const holder = reach(dir, () => {
      const found = findHolder(dir, watch);
      return { ...found, taken: found.free ? take(dir, found.generation + 1, options.purpose) : null };
    });
    if (holder.taken !== null) return hold(dir, holder.taken);
    const waitedMs = performance.now() - started;
    if (waitedMs >= options.timeoutMs) throw timeout(dir, holder.owner, waitedMs);
    if (!told && waitedMs >= onWaitAfterMs && holder.owner !== null) {
      told = true;
      options.onWait?.(holder.owner);
    }
    await sleep(1 + Math.random() * Math.min(25, 4 + waitedMs / 20));
  }
}

/**
 * Looks who holds a lock, without waiting for it.
 *
 * @returns null when it is free or its owner is known to be dead.
 * @throws {@link MavenError} FILE_UNREADABLE.
 */
export function readLockHolder(dir: string): LockOwner | null {
  const watch: Watch = { file: '', text: '', mtimeMs: 0, since: 0, askedAt: 0 };
  return reach(dir, () => {
    try {
      const { free, owner } = findHolder(dir, watch);
      return free ? null : owner;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw error;
    }
  });
}

/** What a waiting process remembers of the holder. */
interface Watch {
  file: string;
  text: string;
  /** Time of the last heartbeat seen, and since when it has been the last. */
  mtimeMs: number;
  since: number;
  /** When it was last asked whether the owner lives. */
  askedAt: number;
}

interface Holder {
  readonly generation: number;
  readonly free: boolean;
  readonly owner: LockOwner | null;
}

function reach<T>(dir: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw new MavenError(
      'FILE_UNREADABLE',
      `cannot take a lock in ${dir} (${codeOf(error) ?? String(error)})`,
      {
        hint: 'make the folder readable and writable for this user, on a disk with space left',
        data: { dir },
        cause: error,
      },
    );
  }
}

function generations(dir: string): number[] {
  return readdirSync(dir)
    .filter((name) => /^[1-9][0-9]*$/.test(name))
    .map(Number)
    .sort((a, b) => b - a);
}

function findHolder(dir: string, watch: Watch): Holder {
  const generation = generations(dir)[0] ?? 0;
  if (generation === 0) return { generation, free: true, owner: null };
  const file = join(dir, String(generation));
  let text: string;
  let mtimeMs: number;
  try {
    text = readFileSync(file, 'utf8');
    mtimeMs = statSync(file).mtimeMs;
  } catch (error) {
    // Removed by a newer holder since we listed the folder.
    if (codeOf(error) === 'ENOENT') return { generation, free: false, owner: null };
    throw error;
  }
  if (text === RELEASED) return { generation, free: true, owner: null };
  const owner = parseOwner(text);
  // Files are complete when they appear, so a damaged one was torn by a power loss: nobody holds it.
  if (owner === null) return { generation, free: Date.now() - mtimeMs > damagedAfterMs, owner };
  // Many wait, each asking many times a second: looking into /proc every time would slow the holder down.
  if (watch.file === file && watch.text === text && performance.now() - watch.askedAt < livenessMs) {
    return { generation, free: false, owner };
  }
  const liveness = livenessOf(owner);
  const free = liveness === 'dead' || (liveness === 'unknown' && isSilent(watch, file, mtimeMs));
  watch.file = file;
  watch.text = text;
  watch.askedAt = performance.now();
  return { generation, free, owner };
}

function isSilent(watch: Watch, file: string, mtimeMs: number): boolean {
  const now = performance.now();
  if (watch.file !== file || watch.mtimeMs !== mtimeMs) {
    watch.mtimeMs = mtimeMs;
    watch.since = now;
  }
  return now - watch.since >= watchedMs && Date.now() - mtimeMs >= staleMs;
}

/** Links the next generation; null when somebody else was faster. */
function take(dir: string, generation: number, purpose: string): number | null {
  const temporary = join(dir, `.take-${process.pid}-${randomBytes(6).toString('hex')}`);
  writeFileSync(temporary, `${JSON.stringify(ownerHere(purpose))}\n`, { flag: 'wx' });
  try {
    linkSync(temporary, join(dir, String(generation)));
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return null;
    throw error;
  } finally {
    unlinkIfThere(temporary);
  }
  // We may have slept between looking and linking, while later generations came and cleared away ours.
  if (generations(dir)[0] !== generation) {
    unlinkIfThere(join(dir, String(generation)));
    return null;
  }
  return generation;
}

function hold(dir: string, generation: number): ProcessLock {
  const file = join(dir, String(generation));
  clearLeftovers(dir, generation);
  const heartbeat = setInterval(() => {
    try {
      utimesSync(file, new Date(), new Date());
    } catch {
      // Taken over after a silence (a suspended machine), or a disk that cannot be written now, where nobody can take it
      // over either: the work goes on, and says itself what it cannot write.
    }
  }, heartbeatMs);
  heartbeat.unref();
  let held = true;
  return {
    async release(): Promise<void> {
      if (!held) return;
      held = false;
      clearInterval(heartbeat);
      const temporary = join(dir, `.release-${process.pid}-${generation}`);
      try {
        writeFileSync(temporary, RELEASED);
        renameSync(temporary, file);
      } catch {
        reach(dir, () => {
          unlinkIfThere(temporary);
          releaseInPlace(file);
        });
      }
    },
  };
}

/**
 * Says released where there is no room for another file. Whoever reads it half written takes it for damaged, and looks
 * again.
 */
function releaseInPlace(file: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    writeSync(descriptor, RELEASED, 0);
    ftruncateSync(descriptor, Buffer.byteLength(RELEASED));
  } finally {
    closeSync(descriptor);
  }
}

/** Removes earlier generations, and files of processes killed while they took or released the lock. */
function clearLeftovers(dir: string, generation: number): void {
  for (const name of readdirSync(dir)) {
    const path = join(dir, name);
    if (/^[1-9][0-9]*$/.test(name)) {
      if (Number(name) < generation - keptGenerations) unlinkIfThere(path);
    } else if (/^\.(take|release)-/.test(name) && ageMs(path) > leftoverAfterMs) {
      unlinkIfThere(path);
    }
  }
}

function ageMs(path: string): number {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0;
    throw error;
  }
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

function timeout(dir: string, owner: LockOwner | null, waitedMs: number): MavenError {
  const who =
    owner === null
      ? 'other processes, in turn'
      : `process ${owner.pid} on ${owner.host} (${owner.purpose}, since ${owner.since})`;
  return new MavenError(
    'LOCK_TIMEOUT',
    `${dir} is held by ${who}; gave up after ${Math.round(waitedMs)} ms`,
    {
      hint: owner === null ? 'try again' : 'wait until it is done, or end that process, and try again',
      data: { dir, owner, waitedMs: Math.round(waitedMs) },
    },
  );
}
