import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runWriters } from '../torture/scenarios/writers.js';
import { temporaryFolder } from './support/temporary.js';

it('8 processes x 50 commits beside native git: nothing lost, nothing twice', async () => {
  const folder = temporaryFolder();
  try {
    const tally = await runWriters(join(folder.dir, 'repo'), 50);
    expect(tally).toEqual({ faults: 0, acknowledged: 400, lost: [], broken: [] });
  } finally {
    folder.remove();
  }
}, 240_000);
