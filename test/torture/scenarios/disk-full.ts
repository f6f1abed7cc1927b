import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CliRun } from '../../support/cli.js';
import { acknowledgedBy, faultOfError, runJob } from '../cli-job.js';
import { collect, countKind, type Scenario, shareOf, type Tally, type TortureContext } from '../scenario.js';
import { differencesFrom, trade } from '../upstream.js';
import type { Job } from '../victim-process.js';
import { makeWorld, type World } from '../world.js';
import { type Acknowledged, checkHistory, checkProjection, checkRepository } from '../world-checks.js';

const FULL = 160;
const READ_ONLY = 40;
const SHORT = 0.02;
const LOOK_EVERY = 8;
/** Room for a repository and for the embedded database. */
const DISK_MIB = 400;
/** So much is left at most: from nothing at all to enough for any command. */
const MOST_LEFT_KIB = 160;

const jobs: readonly Job[] = ['commit', 'sync', 'snapshot', 'projection'];

/**
 * A disk of its own is filled to the last few bytes, or made read-only, before a command; then there is room again. A
 * clear error with nothing half-written, or the command succeeds.
 */
export const diskFull: Scenario = {
  name: 'disk full, disk read-only',
  run: (context) =>
    collect(async (tally) => {
      // A short run takes one of the two.
      const kinds = context.share < SHORT ? [context.random.next() < 0.3] : [false, true];
      for (const embedded of kinds) {
        const disk = mountDisk(join(context.dir, embedded ? 'disk-embedded' : 'disk'));
        if (typeof disk !== 'string') {
          tally.notRun.push(`disk full, disk read-only: ${disk.reason}`);
          return;
        }
        try {
          await playDisk(context, disk, embedded, tally);
        } finally {
          execFileSync('umount', [disk]);
        }
      }
    }),
};

/** @returns the folder, or why nothing could be mounted. */
function mountDisk(folder: string): string | { readonly reason: string } {
  mkdirSync(folder);
  try {
    const options = ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', folder];
    execFileSync('mount', options, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
    return folder;
  } catch (error) {
    const said = error instanceof Error ? (error.message.split('\n')[1] ?? error.message) : String(error);
    return { reason: `a small disk cannot be mounted here (${said.trim()}); run it as root` };
  }
}

async function playDisk(
  context: TortureContext,
  disk: string,
  embedded: boolean,
  tally: Tally,
): Promise<void> {
  const dir = join(disk, 'world');
  const world = await makeWorld({ dir, serverUrl: await context.postgres(), embedded });
  const acknowledged: Acknowledged[] = [];
  // The embedded database is there before the disk is full; what it does when it cannot even begin is told too.
  if (context.random.next() < 0.5) await world.maven(['reconcile']);
  const part = embedded ? 0.25 : 0.75;
  const faults = [
    ...Array.from({ length: shareOf(context, FULL * part) }, () => 'disk full' as const),
    ...Array.from({ length: shareOf(context, READ_ONLY * part) }, () => 'read-only' as const),
  ];
  let since: string | null = null;
  try {
    for (const [number, fault] of faults.entries()) {
      if (performance.now() > context.deadline) break;
      const where = await tryOnce(context, world, disk, fault, number, acknowledged, tally);
      if (number % LOOK_EVERY !== 0 && number !== faults.length - 1) continue;
      await checkProjection(world, where, tally);
      checkRepository(world, where, tally);
      since = checkHistory(world, { acknowledged, since, where }, tally);
    }
    tally.acknowledged += acknowledged.length;
  } finally {
    await world.remove();
  }
}

async function tryOnce(
  { random }: TortureContext,
  world: World,
  disk: string,
  fault: 'disk full' | 'read-only',
  number: number,
  acknowledged: Acknowledged[],
  tally: Tally,
): Promise<string> {
  const job = random.pick(jobs);
  const leftKib = random.below(MOST_LEFT_KIB);
  const detail = fault === 'disk full' ? `${leftKib} KiB left` : '';
  const kind = world.projection === null ? `${fault}, embedded database` : fault;
  const where = `try ${number + 1}, ${job}, ${kind} ${detail}`;
  if (job === 'sync') await trade(world.upstream, random, 1 + random.below(300));
  const before = world.git('rev-parse', 'HEAD');
  const token = `token-${fault === 'disk full' ? 'full' : 'ro'}-${number}`;
  if (fault === 'disk full') fill(disk, leftKib);
  else remount(disk, 'ro');
  const run = await runJob(world, job, token).finally(() => {
    if (fault === 'disk full') rmSync(fillerOf(disk));
    else remount(disk, 'rw');
  });
  tally.tries++;
  tally.faults++;
  countKind(tally, kind);
  judge(world, run, job, fault, before, where, tally);
  acknowledged.push(...acknowledgedBy(run, job, token));
  const again = await runJob(world, job, `${token}-again`);
  if (again.exitCode !== 0)
    tally.broken.push(`${where}: with room again: ${again.stdout}${again.stderr}`.slice(0, 500));
  acknowledged.push(...acknowledgedBy(again, job, `${token}-again`));
  if (job === 'sync')
    for (const difference of (await differencesFrom(world.upstream, world.folder)).slice(0, 3))
      tally.broken.push(`${where}: ${difference}`);
  return where;
}

/** An error is clear and has written nothing; a success is one. */
function judge(
  world: World,
  run: CliRun,
  job: Job,
  fault: string,
  before: string,
  where: string,
  tally: Tally,
): void {
  if (run.exitCode === 0) {
    const wrote = acknowledgedBy(run, job, '').length > 0;
    if (fault === 'read-only' && wrote) tally.broken.push(`${where}: it says it wrote`);
    return;
  }
  const unclear = faultOfError(run);
  if (unclear !== null) tally.broken.push(`${where}: ${unclear}`);
  const touched = world.git('diff', '--name-only', before, 'HEAD').split('\n').filter(Boolean);
  // A failed job may have told the session log, if there was room for that.
  if (touched.some((path) => path !== '.moha/maven/session_log.md'))
    tally.broken.push(`${where}: an error, but ${touched.join()} was written: ${run.stdout.slice(0, 300)}`);
}

const fillerOf = (disk: string): string => join(disk, 'filler');

/** Fills a disk until so much is left. */
function fill(disk: string, leftKib: number): void {
  const { bavail, bsize } = statfsSync(disk);
  const bytes = Math.max(0, bavail * bsize - leftKib * 1024);
  writeFileSync(fillerOf(disk), Buffer.alloc(bytes));
}

function remount(disk: string, mode: 'ro' | 'rw'): void {
  execFileSync('mount', ['-o', `remount,${mode}`, disk]);
}
