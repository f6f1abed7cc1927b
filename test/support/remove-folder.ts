import { rmSync } from 'node:fs';

/**
 * Removes a folder and all in it, although something may still be writing there.
 *
 * Native git collects garbage behind our back: a file that appears after the folder was listed makes the removal
 * fail, and `maxRetries` of node tries only the last step again. So the whole removal is tried again.
 */
export function removeFolder(folder: string): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let attempt = 1; ; attempt++) {
    try {
      rmSync(folder, { recursive: true, force: true });
      return;
    } catch (error) {
      if (attempt === 100) throw error;
      Atomics.wait(pause, 0, 0, 100);
    }
  }
}
