import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MavenError } from './errors.js';
import { makeExampleRepository } from './example-repository.js';

export interface RehearsalStep {
  readonly name: string;
  /** What happened, in a few words with counts. */
  readonly detail: string;
  readonly seconds: number;
}

export type OnRehearsalStep = (step: RehearsalStep) => void;

export interface RehearsalOptions {
  /** A `.moha` folder whose decisions the trades may carry out. */
  readonly memory: string;
  /** Path of the SQL that makes and fills `bot_trades`. */
  readonly upstream: string;
  readonly onStep: OnRehearsalStep;
  /** Gets the repository that the feeds have filled; it is gone afterwards. */
  readonly afterwards: (folder: string) => Promise<void>;
}

/** Kinds of artifacts that the rehearsal begins without: they are what it makes. */
const LEFT_OUT = ['trades', 'flows', 'snapshots', 'metrics', 'state'];

/**
 * Rehearses the feeds in a temporary repository: trades from a demonstration upstream, snapshots from a stand-in for the
 * exchange. No server and no account is needed, and nothing of the user's is touched.
 *
 * @throws {@link MavenError} PROJECTION_UNPROVEN when a step does not end as it must.
 */
export async function rehearseFeeds(options: RehearsalOptions): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'maven-rehearsal-'));
  try {
    await cp(options.memory, path.join(folder, '.moha'), { recursive: true });
    for (const kind of LEFT_OUT)
      await rm(path.join(folder, '.moha/maven', kind), { recursive: true, force: true });
    await makeExampleRepository(folder, new Date());
    const { rehearseSync } = await import('./rehearse-sync.js');
    await rehearseSync(folder, options.upstream, options.onStep);
    const { rehearseSnapshots } = await import('./rehearse-snapshots.js');
    await rehearseSnapshots(folder, options.onStep);
    await options.afterwards(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The error of a step that did not end as it must. */
export function rehearsalFailed(step: string, received: unknown): MavenError {
  return new MavenError(
    'PROJECTION_UNPROVEN',
    `the rehearsal's step "${step}" ended otherwise than it must`,
    {
      hint: 'this is a fault of maven-git: report it with this message',
      data: { step, received },
    },
  );
}
