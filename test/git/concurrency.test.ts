import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runWriters } from '../torture/scenarios/writers.js';
import { temporaryFolder } from './support/temporary.js';

it('8 processes x 25 commits beside native git: nothing lost, nothing twice', async () => {
  const folder = temporaryFolder();
  try {
    const tally = await runWriters(join(folder.dir, 'repo'), 25);
    expect(tally).toMatchObject({ faults: 0, acknowledged: 200, lost: [], broken: [], drift: [] });
  } finally {
    folder.remove();
  }
}, 240_000);
