import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { temporaryFolder } from '../git/support/temporary.js';
import { seededRandom } from './random.js';
import type { Tally, TortureContext } from './scenario.js';
import { tryHostileFiles } from './scenarios/hostile.js';
import { hostileRequests } from './scenarios/hostile-requests.js';

/** A short run of the scenarios `hostile` and `mcp`; their seed is new every time and stands in what fails. */
const seed = Date.now() % 1_000_000;

async function short(name: string, run: (context: TortureContext) => Promise<Tally>): Promise<Tally> {
  const { dir: parent, remove } = temporaryFolder();
  const dir = join(parent, name);
  mkdirSync(dir);
  try {
    const postgres = async (): Promise<string> => inject('postgresUrl');
    const context = {
      dir,
      random: seededRandom(seed),
      share: 1,
      deadline: Number.POSITIVE_INFINITY,
      postgres,
    };
    const tally = await run(context);
    const { lost, broken, drift } = tally;
    expect({ seed, lost, broken, drift }).toEqual({ seed, lost: [], broken: [], drift: [] });
    return tally;
  } finally {
    remove();
  }
}

it('hostile files: nothing is run, nothing outside is read, nobody sees a raw escape', async () => {
  expect((await short('files', (context) => tryHostileFiles(context, true))).faults).toBeGreaterThan(500);
}, 600_000);

it('hostile MCP requests: each is answered, nothing outside is read, no secret is told', async () => {
  expect((await short('mcp', (context) => hostileRequests(context, 200))).faults).toBeGreaterThanOrEqual(200);
}, 600_000);
