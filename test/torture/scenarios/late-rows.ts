import { git } from '../../git/support/temporary.js';
import { rewrittenFiles } from '../../ledger/append-only.js';
import { createSyncHarness } from '../../ledger/sync-harness.js';
import { UpstreamModel } from '../../ledger/upstream-model.js';
import { disagreements } from '../agreement.js';
import type { Random } from '../random.js';
import { collect, countKind, type Scenario, shareOf } from '../scenario.js';
import { makeUpstream } from '../upstream.js';

/** Transactions that begin, write and end in any order, when everything is tried. */
const TRANSACTIONS = 10_000;
const SESSIONS = 12;
const TRANSACTIONS_A_SYNC = 60;

/**
 * Many sessions write at once and commit out of order, so that rows appear under lower ids than rows that are known; now
 * and then a sync looks. In the end the ledger is what upstream is, each trade once.
 */
export const lateRows: Scenario = {
  name: 'upstream transactions that commit out of order',
  run: (context) =>
    collect(async (tally) => {
      const upstream = await makeUpstream(await context.postgres());
      const maven = await createSyncHarness(upstream.url);
      try {
        const clients = await Promise.all(Array.from({ length: SESSIONS }, () => upstream.connect()));
        const model = new UpstreamModel(upstream, clients, 'table');
        const wanted = shareOf(context, TRANSACTIONS);
        const order = Array.from({ length: SESSIONS }, () => false);
        for (let ended = 0; ended < wanted && performance.now() < context.deadline; ) {
          const session = context.random.below(SESSIONS);
          if (order[session] !== true) await model.begin(session);
          order[session] = true;
          await write(model, session, context.random);
          if (context.random.next() < 0.5) continue;
          await model.end(session, context.random.next() < 0.9 ? 'commit' : 'rollback');
          order[session] = false;
          ended++;
          tally.tries++;
          tally.faults++;
          countKind(tally, 'transactions');
          if (ended % TRANSACTIONS_A_SYNC !== 0) continue;
          const report = await maven.sync({ mode: 'new' });
          countKind(tally, 'syncs between');
          if (report.commit !== null) tally.acknowledged++;
        }
        await model.endAll('commit');
        await model.mendSpoiled();
        await maven.sync({ mode: 'new' });
        tally.broken.push(...disagreements(model, maven.ledger()).slice(0, 20));
        const again = await maven.sync({ mode: 'full' });
        if (again.commit !== null) tally.broken.push('a full sync found what the new ones had not');
        tally.lost.push(...rewrittenFiles(maven.repository).slice(0, 20));
        const complaints = git(maven.repository.folder, 'fsck', '--strict', '--no-dangling');
        if (complaints !== '') tally.broken.push(`git fsck: ${complaints.slice(0, 300)}`);
      } finally {
        maven.remove();
        await upstream.drop();
      }
    }),
};

async function write(model: UpstreamModel, session: number, random: Random): Promise<void> {
  const [dice, pick] = [random.below(1000), random.below(1000)];
  const action = random.next();
  if (action < 0.5)
    await model.insert(session, dice, random.next() < 0.05, random.pick(['plain', 'kept', 'undone']));
  else if (action < 0.75) await model.close(session, pick, dice);
  else if (action < 0.95) await model.correct(session, pick, dice);
  else if (action < 0.98) await model.mend(session, pick);
  else await model.spoil(session, pick);
}
