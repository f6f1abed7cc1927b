import type { Disk } from '../../src/git/disk.js';

/** What happens at which call. Calls are counted from 1. */
export type Fault =
  /** As if the process were killed: from then on nothing reaches the disk. Counts calls that change something. */
  | { readonly kind: 'kill'; readonly call: number; readonly moment: 'before' | 'half' | 'after' }
  /** One call fails. Counts all calls. */
  | { readonly kind: 'error'; readonly call: number; readonly code: string };

/** Thrown by every call of a dead process. */
export class Killed extends Error {}

/** Tells whether an error comes from being killed. */
export function isKilled(error: unknown): boolean {
  return (
    error instanceof Killed || (error instanceof Error && error.cause !== undefined && isKilled(error.cause))
  );
}

export interface FaultDisk {
  readonly disk: Disk;
  /** Whether the fault happened: false when there were fewer calls. */
  happened(): boolean;
  /** What the call was, for the report. */
  describe(): string;
}

/**
 * A disk that fails at one call. Quicker than a process for each fault by two orders of magnitude: after the fault every
 * call throws, so that nothing the code does any more has an effect, as with a dead process.
 */
export function faultDisk(disk: Disk, fault: Fault): FaultDisk {
  let changes = 0;
  let calls = 0;
  let dead = false;
  let description = 'no fault';
  const call = (name: string, path: string): void => {
    if (dead) throw new Killed();
    calls++;
    if (fault.kind !== 'error' || calls !== fault.call) return;
    description = `${fault.code} at call ${calls}, ${name} ${path}`;
    throw Object.assign(new Error(`${fault.code}: injected, ${name} '${path}'`), { code: fault.code, path });
  };
  const read = <T>(name: string, path: string, act: () => T): T => {
    call(name, path);
    return act();
  };
  const change = (name: string, path: string, act: () => void, half: () => void = () => {}): void => {
    call(name, path);
    changes++;
    if (fault.kind !== 'kill' || changes !== fault.call) {
      act();
      return;
    }
    description = `killed ${fault.moment} change ${changes}, ${name} ${path}`;
    if (fault.moment === 'half') half();
    if (fault.moment === 'after') act();
    dead = true;
    throw new Killed();
  };
  return {
    happened: () => description !== 'no fault',
    describe: () => description,
    disk: {
      readFile: (path) => read('readFile', path, () => disk.readFile(path)),
      readEnd: (path, length) => read('readEnd', path, () => disk.readEnd(path, length)),
      lstat: (path) => read('lstat', path, () => disk.lstat(path)),
      readFolder: (path) => read('readFolder', path, () => disk.readFolder(path)),
      makeFolder: (path) => change('makeFolder', path, () => disk.makeFolder(path)),
      createFile: (path, bytes, mode) =>
        change(
          'createFile',
          path,
          () => disk.createFile(path, bytes, mode),
          () => disk.createFile(path, firstHalf(bytes), mode),
        ),
      append: (path, bytes) =>
        change(
          'append',
          path,
          () => disk.append(path, bytes),
          () => disk.append(path, firstHalf(bytes)),
        ),
      rename: (from, to) => change('rename', to, () => disk.rename(from, to)),
      link: (from, to) => change('link', to, () => disk.link(from, to)),
      unlink: (path) => change('unlink', path, () => disk.unlink(path)),
      removeFolder: (path) => change('removeFolder', path, () => disk.removeFolder(path)),
      async sync(paths) {
        for (const path of paths) change('sync', path, () => {});
        await disk.sync(paths);
      },
      step: (name) => disk.step(name),
    },
  };
}

function firstHalf(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, bytes.length >> 1);
}
