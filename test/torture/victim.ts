/**
 * A process that does every job of the program over and over, until it is killed.
 *
 * Arguments: repository, name, first job, seed. Configuration: the environment. It writes what it does, line by line
 * and at once, so that nothing sits in a buffer when it dies:
 *
 * | line | meaning |
 * | --- | --- |
 * | `ready` | everything is loaded |
 * | `begin JOB` | it starts a job |
 * | `ack JOB COMMIT TOKEN` | the job succeeded; `-` where there is no commit or token. From then on it must never be lost |
 * | `fail JOB CODE MESSAGE` | the job failed, which nothing here gives it a reason for |
 */
import { writeSync } from 'node:fs';
import { type Context, openContext } from '../../src/context.js';
import { recordDecision } from '../../src/ledger/record-decision.js';
import { reconcile } from '../../src/projection/reconcile.js';
import { openSnapshotJob } from '../../src/snapshot-job.js';
import { runSyncTrades } from '../../src/sync-job.js';
import { seededRandom } from './random.js';

interface Outcome {
  readonly commit: string | null;
  readonly token: string | null;
}

const [repo = '', name = '', first = 'commit', seed = '0'] = process.argv.slice(2);
const random = seededRandom(Number(seed));

const jobs: Readonly<Record<string, (context: Context, token: string) => Promise<Outcome>>> = {
  commit: async (context, token) => {
    const { commit } = await recordDecision(await context.job(), {
      type: 'buy',
      asset: 'BTC',
      risk: 'low',
      confidence: '82',
      action: 'buy',
      reasoning: token,
    });
    return { commit: commit?.commit ?? null, token };
  },
  projection: async ({ repository, database }) => {
    await reconcile({ repository, database: await database() });
    return { commit: null, token: null };
  },
  sync: async (context) => {
    const options = { mode: 'new', dryRun: false, linkWindowMinutes: 60 } as const;
    const { commit } = await runSyncTrades(context, { ...options, requireReadOnlyRole: false, wait: true });
    return { commit: commit?.commit ?? null, token: null };
  },
  snapshot: async (context) => {
    const job = await openSnapshotJob(context);
    // Scheduled ones are one a slot, which is a second here; the others always write.
    const type = random.next() < 0.3 ? 'scheduled' : 'manual';
    const options = { type, intervalSeconds: 1, dryRun: false, wait: true } as const;
    const { commit } = await job.take(options).finally(() => job.close());
    return { commit: commit?.commit ?? null, token: null };
  },
};

/** A snapshot takes longer than all the others. */
const mix = ['commit', 'projection', 'sync', 'commit', 'projection', 'sync', 'snapshot'];
const say = (line: string): void => void writeSync(1, `${line}\n`);

say('ready');
const context = await openContext({ repo, env: process.env });
for (let number = 0; ; number++) {
  const job = number === 0 ? first : random.pick(mix);
  say(`begin ${job}`);
  try {
    const { commit, token } = (await jobs[job]?.(context, `token-${name}-${number}`)) ?? {};
    say(`ack ${job} ${commit ?? '-'} ${token ?? '-'}`);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'FAULT';
    const text = error instanceof Error ? error.message : String(error);
    say(`fail ${job} ${code} ${text.replaceAll('\n', ' ')}`);
  }
}
