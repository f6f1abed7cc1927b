import { acknowledged } from '../../git/support/children.js';
import type { Fixture } from '../fixture.js';
import { checkAll, checkSound } from '../invariants.js';
import type { Tally } from '../scenario.js';
import { commitNext } from './next-command.js';

/** How a repository was left behind by a fault. */
export interface Aftermath {
  readonly fixture: Fixture;
  readonly tree: string;
  /** Lines that were acknowledged before it, beside the fixture's. */
  readonly acknowledged: readonly string[];
  /** Lines that were attempted, acknowledged or not. */
  readonly attempted: readonly string[];
  /** Commits that must be in history, beside the fixture's. */
  readonly commits: readonly string[];
  /** Whether the person's staged file must still be staged; false when they committed it. */
  readonly staged: boolean;
}

/** Looks at what a fault left behind, runs the next command, and checks that nothing was lost or broken. */
export async function judge(aftermath: Aftermath, where: string, tally: Tally): Promise<void> {
  const { fixture, tree, attempted, commits, staged } = aftermath;
  // A branch that was never born has nothing to look at.
  if (fixture.kind !== 'unborn' || commits.length > 0) checkSound(tree, where, tally);
  const next = await commitNext(tree, 'fourth', where, tally);
  checkAll(
    {
      fixture,
      tree,
      acknowledged: [...fixture.lines, ...aftermath.acknowledged, ...(next === null ? [] : ['fourth'])],
      attempted: [...attempted, 'fourth'],
      staged,
      commits: [...commits, ...(next === null ? [] : [next])],
    },
    where,
    tally,
  );
}

/** The same for the process `git/support/writer.js`, which tells of each line that was acknowledged. */
export async function judgeWriter(
  { output, ...left }: Pick<Aftermath, 'fixture' | 'tree'> & { readonly output: string },
  where: string,
  tally: Tally,
): Promise<void> {
  const acks = acknowledged(output);
  await judge(
    {
      ...left,
      acknowledged: acks.map(({ line }) => line),
      attempted: ['third-0'],
      commits: acks.map(({ commit }) => commit),
      staged: true,
    },
    where,
    tally,
  );
}
