import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Context } from './context.js';
import { openEmbeddedDatabase } from './db/embedded-database.js';
import { MavenError } from './errors.js';
import { runGit } from './git/native-git.js';
import { openRepository } from './git/repository.js';
import type { Recorded } from './ledger/recorded.js';
import { portableFingerprint } from './projection/dump.js';
import { readProjectionState } from './projection/projection-state.js';
import { reconcile } from './projection/reconcile.js';

/** What came back from git alone. */
export interface RecoveryDrill {
  /** Commit that the live tables mirror, and that was recovered. */
  readonly revision: string;
  readonly rows: number;
  /** Of every row, in the live database and in the recovered one. */
  readonly sha256: string;
  /** A fresh clone of the whole history. */
  readonly cloneSeconds: number;
  /** From the clone to a database that is proven. */
  readonly recoverSeconds: number;
  /** The event that says so. */
  readonly recorded: Recorded;
}

/**
 * Rehearses the loss of everything but a remote: clones the repository into an empty folder, rebuilds a database that
 * never was, and compares every row with the live one. The outcome becomes an event in the session log.
 *
 * @throws {@link MavenError} PROJECTION_UNPROVEN when the two differ (that too becomes an event); GIT_FAILED; what the
 *   database throws; REPOSITORY_UNSUPPORTED without a native git, which makes the clone.
 */
export async function recoveryDrill(context: Context): Promise<RecoveryDrill> {
  const { repository, progress } = context;
  if (!repository.nativeGit) {
    throw new MavenError('REPOSITORY_UNSUPPORTED', 'a fresh clone is made by native git, and there is none', {
      hint: 'install git, then run it again',
    });
  }
  const database = await context.database();
  await reconcile({ repository, progress, database });
  const live = await database.withSession(async ({ db }) => ({
    state: await readProjectionState(db),
    ...(await portableFingerprint(db)),
  }));
  if (live.state === null) throw new TypeError('a reconcile leaves a state');
  const { revision } = live.state;
  const folder = await mkdtemp(path.join(tmpdir(), 'maven-recovery-'));
  const scratch = openEmbeddedDatabase({ folder: null, lockTimeoutMs: 0, notice: () => undefined });
  try {
    const clone = path.join(folder, 'clone');
    const started = performance.now();
    progress({ phase: 'cloning', done: 0, total: 0 });
    // Without a working tree of its own: git would take that for the clone's.
    const place = { ...repository, workTree: null };
    const source = ['--quiet', '--no-local', '--', repository.commonDir, clone];
    await runGit(place, ['-c', 'protocol.file.allow=always', 'clone', ...source]);
    const cloned = performance.now();
    const target = { repository: await openRepository(clone), progress, database: scratch };
    await reconcile(target, { revision });
    const recovered = performance.now();
    const back = await scratch.withSession(({ db }) => portableFingerprint(db));
    const outcome = {
      revision,
      rows: back.rows,
      sha256: back.sha256,
      cloneSeconds: seconds(cloned - started),
      recoverSeconds: seconds(recovered - cloned),
    };
    const same = back.sha256 === live.sha256;
    const recorded = await record(context, outcome, same ? null : live);
    if (same) return { ...outcome, recorded };
    throw new MavenError('PROJECTION_UNPROVEN', 'what git gives back is not what the live database holds', {
      hint: 'maven-git verify names every row that differs; verify --fix mends the database',
      data: { expected: live.sha256, received: back.sha256, rows: back.rows, liveRows: live.rows },
    });
  } finally {
    await scratch.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function record(
  context: Context,
  outcome: Omit<RecoveryDrill, 'recorded'>,
  live: { readonly sha256: string; readonly rows: number } | null,
): Promise<Recorded> {
  const { recordEvent } = await import('./ledger/record-event.js');
  const { revision, rows, sha256, cloneSeconds, recoverSeconds } = outcome;
  const what = `a fresh clone of ${revision.slice(0, 12)} gave back ${rows} rows in ${seconds((cloneSeconds + recoverSeconds) * 1000)} s`;
  const how =
    live === null
      ? 'each as in the live database'
      : `but the live database holds ${live.rows} rows, not all the same`;
  return recordEvent(await context.job(), {
    type: live === null ? 'RECOVERY_DRILL' : 'RECOVERY_DRILL_FAILED',
    text: `Recovery drill: ${what}, ${how}.`,
    metadata: JSON.stringify({
      revision,
      rows,
      sha256,
      live_sha256: live?.sha256 ?? sha256,
      clone_seconds: cloneSeconds,
      recover_seconds: recoverSeconds,
    }),
  });
}

function seconds(milliseconds: number): number {
  return Number((milliseconds / 1000).toFixed(2));
}
