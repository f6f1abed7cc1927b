/**
 * A process that commits ledger lines one after the other, for tests that kill it or run many of it.
 *
 * Arguments: repository, name, number of lines, first number, pause between commits in ms. Prints `ack NAME-NUMBER COMMIT`
 * after each commit, which from then on must never be lost.
 */
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { commitArtifacts } from '../../../src/git/commit.js';
import { openRepository } from '../../../src/git/repository.js';
import { appending } from './committing.js';

const [dir = '', name = '', count = '1', first = '0', pauseMs = '0'] = process.argv.slice(2);

for (let number = Number(first); number < Number(first) + Number(count); number++) {
  const line = `${name}-${number}`;
  const repo = await openRepository(dir);
  const result = await commitArtifacts(repo, appending(line, { timeoutMs: 60_000 }));
  // Synchronous: an acknowledgement must not sit in a buffer when the process dies.
  writeSync(1, `ack ${line} ${result?.commit ?? 'nothing'}\n`);
  if (Number(pauseMs) > 0) await sleep(Number(pauseMs));
}
