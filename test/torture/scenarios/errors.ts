import { MavenError } from '../../../src/errors.js';
import { nodeDisk } from '../../../src/git/disk.js';
import { ledger } from '../../git/support/committing.js';
import { git } from '../../git/support/temporary.js';
import { faultDisk } from '../fault-disk.js';
import { copyFixture } from '../fixture.js';
import { leftovers } from '../invariants.js';
import { emptyTally, type Scenario, type Tally } from '../scenario.js';
import { commitThird, type FaultPoint, judgeThird, sweepFaults } from './fault-sweep.js';

const codes = ['EIO', 'ENOSPC', 'EMFILE', 'EACCES'] as const;
const TIMEOUT_MS = 500;

/**
 * Every call of the file system, reading ones too, fails once with every error. The commit is then either durable and
 * acknowledged, or a clear error with nothing of it left in sight.
 */
export const failEverywhere: Scenario = {
  name: 'each file-system call failing once (EIO, ENOSPC, EMFILE, EACCES)',
  run: (context) =>
    sweepFaults(context, {
      variants: codes,
      firstCall: 1,
      mostCalls: 1000,
      contestedKinds: ['loose'],
      tryPoint: failOnce,
    }),
};

async function failOnce(point: FaultPoint<string>): Promise<Tally | null> {
  const { fixture, dir, call, variant: code } = point;
  const tally = { ...emptyTally(), faults: 1 };
  const tree = copyFixture(fixture, dir);
  const failing = faultDisk(nodeDisk, { kind: 'error', call, code });
  const before = fixture.kind === 'unborn' ? null : git(tree, 'rev-parse', 'HEAD');
  let commit: string | null = null;
  let failure: unknown = null;
  try {
    commit = await commitThird(tree, failing, point, TIMEOUT_MS);
  } catch (error) {
    failure = error;
  }
  if (!failing.happened()) return null;
  const where = `${point.name}, ${failing.describe()}`;
  if (failure !== null) checkCleanFailure(tree, before, failure, where, tally);
  else if (commit === null) tally.broken.push(`${where}: neither a commit nor an error`);
  await judgeThird({ fixture, tree, commit }, where, tally);
  return tally;
}

/** An error means: not committed, and everything as it was. */
function checkCleanFailure(
  tree: string,
  before: string | null,
  failure: unknown,
  where: string,
  tally: Tally,
): void {
  if (!(failure instanceof MavenError)) {
    tally.broken.push(`${where}: threw ${String(failure)}`);
    return;
  }
  if (failure.data.commit !== undefined) return;
  const place = `${where}, after ${failure.code} ${failure.message}`;
  for (const left of leftovers(tree).filter((path) => path.endsWith('.lock') && path.includes('/'))) {
    tally.broken.push(`${place}: ${left} is left`);
  }
  const status = git(tree, 'status', '--porcelain', '--', '.moha', 'staged.txt');
  if (status !== 'A  staged.txt') tally.broken.push(`${place}: git status says ${JSON.stringify(status)}`);
  if (before === null) return;
  if (git(tree, 'rev-parse', 'HEAD') !== before) tally.broken.push(`${place}: HEAD moved`);
  const unchanged = git(tree, 'diff', 'HEAD', '--', ledger) === '';
  if (!unchanged) tally.broken.push(`${place}: the working file changed`);
}
