import type { Disk } from './disk.js';
import { crashSwitch } from './environment.js';

/**
 * What `MAVEN_CRASH_AT` asks for; only tests set it.
 *
 * | value | meaning |
 * | --- | --- |
 * | `index-written` | killed (SIGKILL) at that step, see {@link commitSteps} |
 * | `37`, `37:before`, `37:half`, `37:after` | killed before, in the middle of or after the 37th call that changes files |
 * | `37:EIO` | the 37th call of any kind fails once with that error |
 */
export type CrashPlan =
  | { readonly kind: 'step'; readonly step: string }
  | { readonly kind: 'call'; readonly call: number; readonly moment: 'before' | 'half' | 'after' }
  | { readonly kind: 'error'; readonly call: number; readonly code: string };

/** The named steps of every commit, in order; a contested one has `reserved` before `built`. */
export const commitSteps = [
  'lock-taken',
  'recovered',
  'built',
  'objects-written',
  'journal-written',
  'locked',
  'files-written',
  'index-written',
  'reflog-written',
  'ref-moved',
  'unlocked',
  'journal-removed',
] as const;

export type CommitStep = (typeof commitSteps)[number];

/** Reads the switch; null when it is not set, as outside tests. */
export function readCrashPlan(text: string | null = crashSwitch()): CrashPlan | null {
  if (text === null) return null;
  const [, digits, moment] = /^([0-9]+)(?::(\w+))?$/.exec(text) ?? [];
  if (digits === undefined) return { kind: 'step', step: text };
  const call = Number(digits);
  if (moment === undefined || moment === 'before' || moment === 'half' || moment === 'after') {
    return { kind: 'call', call, moment: moment ?? 'before' };
  }
  return { kind: 'error', call, code: moment };
}

/** A disk that carries out a plan: one process, one commit, counted from 1. */
export function crashingDisk(disk: Disk, plan: CrashPlan | null): Disk {
  if (plan === null) return disk;
  let changes = 0;
  let calls = 0;
  const called = (path: string): void => {
    calls++;
    if (plan.kind === 'error' && calls === plan.call) throw systemError(plan.code, path);
  };
  const reading = <T>(path: string, act: () => T): T => {
    called(path);
    return act();
  };
  const changing = (path: string, act: () => void, half: () => void = () => {}): void => {
    called(path);
    changes++;
    const moment = plan.kind === 'call' && changes === plan.call ? plan.moment : null;
    if (moment === 'before') endProcess();
    if (moment === 'half') {
      half();
      endProcess();
    }
    act();
    if (moment === 'after') endProcess();
  };
  const firstHalf = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, bytes.length >> 1);
  return {
    readFile: (path) => reading(path, () => disk.readFile(path)),
    readEnd: (path, length) => reading(path, () => disk.readEnd(path, length)),
    lstat: (path) => reading(path, () => disk.lstat(path)),
    readFolder: (path) => reading(path, () => disk.readFolder(path)),
    makeFolder: (path) => changing(path, () => disk.makeFolder(path)),
    createFile: (path, bytes, mode) =>
      changing(
        path,
        () => disk.createFile(path, bytes, mode),
        () => disk.createFile(path, firstHalf(bytes), mode),
      ),
    append: (path, bytes) =>
      changing(
        path,
        () => disk.append(path, bytes),
        () => disk.append(path, firstHalf(bytes)),
      ),
    rename: (from, to) => changing(to, () => disk.rename(from, to)),
    link: (from, to) => changing(to, () => disk.link(from, to)),
    unlink: (path) => changing(path, () => disk.unlink(path)),
    removeFolder: (path) => changing(path, () => disk.removeFolder(path)),
    async sync(paths) {
      for (const path of paths) changing(path, () => {});
      await disk.sync(paths);
    },
    step(name) {
      if (plan.kind === 'step' && plan.step === name) endProcess();
      disk.step(name);
    },
  };
}

/** Ends this process as a power cut would: no handlers, no buffers flushed, nothing after it runs. */
function endProcess(): never {
  process.kill(process.pid, 'SIGKILL');
  for (;;) {
    // The signal is on its way; nothing after this point may run.
  }
}

function systemError(code: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: injected, ${path}`), { code, path });
}
