/**
 * A process that holds a lock. Arguments: folder, purpose, and optionally a file with a number, which it then counts up
 * over and over under the lock; a number that another process changed meanwhile is reported in `FILE.broken`.
 */
import { readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { acquireProcessLock } from '../../../src/process-lock.js';

const [dir = '', purpose = '', counter] = process.argv.slice(2);

if (counter === undefined) {
  await acquireProcessLock(dir, { timeoutMs: 10_000, purpose });
  writeSync(1, 'held\n');
  await sleep(60_000);
} else {
  for (;;) {
    const lock = await acquireProcessLock(dir, { timeoutMs: 20_000, purpose });
    const before = readFileSync(counter, 'utf8');
    await sleep(1);
    if (readFileSync(counter, 'utf8') !== before) writeFileSync(`${counter}.broken`, '');
    // Whole or not at all, whenever the process is killed.
    writeFileSync(`${counter}.${process.pid}`, String(Number(before) + 1));
    renameSync(`${counter}.${process.pid}`, counter);
    await lock.release();
  }
}
