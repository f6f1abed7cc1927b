import { join } from 'node:path';
import { commitOnDisk } from '../../../src/git/commit.js';
import { openRepository } from '../../../src/git/repository.js';
import { appending } from '../../git/support/committing.js';
import { removeFolder } from '../../support/remove-folder.js';
import { type FaultDisk, isKilled } from '../fault-disk.js';
import { type Fixture, type Kind, kinds, makeFixture } from '../fixture.js';
import { addTally, emptyTally, isChosen, type Tally, type TortureContext } from '../scenario.js';
import { judge } from './judge.js';

/** One fault in one repository. */
export interface FaultPoint<V> {
  readonly fixture: Fixture;
  /** For the copy of the fixture; removed afterwards. */
  readonly dir: string;
  /** A commit that takes the index first, as it does when others commit all the time. */
  readonly contested: boolean;
  readonly call: number;
  readonly variant: V;
  /** The kind of repository, for the report. */
  readonly name: string;
}

export interface Sweep<V> {
  /** What may happen at each call. */
  readonly variants: readonly V[];
  /** 0 = also a point that is no call; it is always tried. */
  readonly firstCall: 0 | 1;
  /** More calls than any commit makes. */
  readonly mostCalls: number;
  /** Kinds of repositories in which a contested commit is tried too. */
  readonly contestedKinds: readonly Kind[];
  /** @returns null when the commit was over before the call. */
  readonly tryPoint: (point: FaultPoint<V>) => Promise<Tally | null>;
}

/** Tries a fault at every call of a commit, in every kind of repository. */
export async function sweepFaults<V>(context: TortureContext, sweep: Sweep<V>): Promise<Tally> {
  const tally = emptyTally();
  for (const kind of kinds) addTally(tally, await overCalls(context, sweep, kind, false));
  for (const kind of sweep.contestedKinds) addTally(tally, await overCalls(context, sweep, kind, true));
  return tally;
}

async function overCalls<V>(
  context: TortureContext,
  { variants, firstCall, mostCalls, tryPoint }: Sweep<V>,
  kind: Kind,
  contested: boolean,
): Promise<Tally> {
  const tally = emptyTally();
  const name = contested ? `${kind} contested` : kind;
  const folder = name.replace(' ', '-');
  const fixture = await makeFixture(join(context.dir, `${folder}-fixture`), kind);
  for (let call: number = firstCall; ; call++) {
    let reached = true;
    for (const [number, variant] of variants.entries()) {
      if (call > 0 && !isChosen(context)) continue;
      const dir = join(context.dir, `${folder}-${call}-${number}`);
      const part = await tryPoint({ fixture, dir, contested, call, variant, name });
      removeFolder(dir);
      reached = part !== null;
      if (part !== null) addTally(tally, part);
    }
    if (!reached || call > mostCalls || performance.now() > context.deadline) return tally;
  }
}

/** Commits a third line; the error it ends with is the caller's. @returns the commit that was acknowledged. */
export async function commitThird(
  tree: string,
  { disk }: Pick<FaultDisk, 'disk'>,
  { contested }: Pick<FaultPoint<unknown>, 'contested'>,
  timeoutMs?: number,
): Promise<string | null> {
  const options = appending('third', timeoutMs === undefined ? {} : { timeoutMs });
  const result = await commitOnDisk(disk, await openRepository(tree), options, contested ? 0 : 2);
  return result?.commit ?? null;
}

/** The same by a process that may be killed meanwhile; null also then. */
export async function commitUntilKilled(
  tree: string,
  killed: FaultDisk,
  point: Pick<FaultPoint<unknown>, 'contested'>,
): Promise<string | null> {
  try {
    return await commitThird(tree, killed, point);
  } catch (error) {
    if (isKilled(error)) return null;
    throw error;
  }
}

/** Judges what {@link commitThird} left behind, and `others` after it. */
export async function judgeThird(
  {
    fixture,
    tree,
    commit,
  }: { readonly fixture: Fixture; readonly tree: string; readonly commit: string | null },
  where: string,
  tally: Tally,
  others: { readonly staged: boolean; readonly commits: readonly string[] } = { staged: true, commits: [] },
): Promise<void> {
  await judge(
    {
      fixture,
      tree,
      acknowledged: commit === null ? [] : ['third'],
      attempted: ['third'],
      staged: others.staged,
      commits: [...(commit === null ? [] : [commit]), ...others.commits],
    },
    where,
    tally,
  );
}
