import { join } from 'node:path';
import { MavenError } from '../../../src/errors.js';
import { commitOnDisk } from '../../../src/git/commit.js';
import { nodeDisk } from '../../../src/git/disk.js';
import { openRepository } from '../../../src/git/repository.js';
import { appending, ledger } from '../../git/support/committing.js';
import { git } from '../../git/support/temporary.js';
import { removeFolder } from '../../support/remove-folder.js';
import { faultDisk } from '../fault-disk.js';
import { copyFixture, type Fixture, type Kind, kinds, makeFixture } from '../fixture.js';
import { checkAll, checkSound, leftovers } from '../invariants.js';
import {
  addTally,
  emptyTally,
  isChosen,
  type Scenario,
  type Tally,
  type TortureContext,
} from '../scenario.js';
import { commitNext } from './next-command.js';

const codes = ['EIO', 'ENOSPC', 'EMFILE', 'EACCES'] as const;

/**
 * Every call of the file system, reading ones too, fails once with every error. The commit is then either durable and
 * acknowledged, or a clear error with nothing of it left in sight.
 */
export const failEverywhere: Scenario = {
  name: 'each file-system call failing once (EIO, ENOSPC, EMFILE, EACCES)',
  async run(context) {
    const tally = emptyTally();
    for (const kind of kinds) addTally(tally, await failAllCalls(context, kind, false));
    addTally(tally, await failAllCalls(context, 'loose', true));
    return tally;
  },
};

async function failAllCalls(context: TortureContext, kind: Kind, contested: boolean): Promise<Tally> {
  const tally = emptyTally();
  const name = contested ? `${kind}-contested` : kind;
  const fixture = await makeFixture(join(context.dir, `${name}-fixture`), kind);
  for (let call = 1; ; call++) {
    let reached = true;
    for (const code of codes) {
      if (!isChosen(context)) continue;
      const dir = join(context.dir, `${name}-${call}-${code}`);
      const part = await failOnce(fixture, dir, contested, call, code);
      removeFolder(dir);
      reached = part !== null;
      if (part !== null) addTally(tally, part);
    }
    if (!reached || call > 1000 || performance.now() > context.deadline) return tally;
  }
}

async function failOnce(
  fixture: Fixture,
  dir: string,
  contested: boolean,
  call: number,
  code: string,
): Promise<Tally | null> {
  const tally = emptyTally();
  const tree = copyFixture(fixture, dir);
  const failing = faultDisk(nodeDisk, { kind: 'error', call, code });
  const before = fixture.kind === 'unborn' ? null : git(tree, 'rev-parse', 'HEAD');
  let commit: string | null = null;
  let failure: unknown = null;
  try {
    const repo = await openRepository(tree);
    commit =
      (await commitOnDisk(failing.disk, repo, appending('third', { timeoutMs: 500 }), contested ? 0 : 2))
        ?.commit ?? null;
  } catch (error) {
    failure = error;
  }
  if (!failing.happened()) return null;
  tally.faults = 1;
  const where = `${fixture.kind}${contested ? ' contested' : ''}, ${failing.describe()}`;
  if (failure !== null) checkCleanFailure(tree, before, failure, where, tally);
  else if (commit === null) tally.broken.push(`${where}: neither a commit nor an error`);
  if (before !== null || commit !== null) checkSound(tree, where, tally);
  const next = await commitNext(tree, 'fourth', where, tally);
  checkAll(
    {
      fixture,
      tree,
      acknowledged: [
        ...fixture.lines,
        ...(commit === null ? [] : ['third']),
        ...(next === null ? [] : ['fourth']),
      ],
      attempted: ['third', 'fourth'],
      staged: true,
      commits: [commit, next].filter((one) => one !== null),
    },
    where,
    tally,
  );
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
