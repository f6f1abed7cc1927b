import { statfs } from 'node:fs/promises';
import { resolveRevision } from '../git/revision.js';
import { type Heartbeat, jobsHealth } from '../heartbeat.js';
import { type Check, failure, ok, unlessAway, warning } from './check.js';

const GIB = 1024 ** 3;
const SOME_SECONDS = 5;
const MANY_SECONDS = 60;

export const checkNode: Check = async () => ok(`${process.version} on ${process.platform} ${process.arch}`);

export const checkDisk: Check = async ({ repository }) => {
  const { bavail, bsize } = await statfs(repository.commonDir);
  const free = bavail * bsize;
  const detail = `${(free / GIB).toFixed(1)} GiB free for ${repository.commonDir}`;
  if (free < 0.1 * GIB)
    return failure(detail, 'free some space: a commit needs it before it needs anything else');
  return free < GIB ? warning(detail, 'free some space') : ok(detail);
};

/** Compared with HEAD here, and with the servers where there are some: slots and windows are cut by this clock. */
export const checkClock: Check = unlessAway(async ({ repository, clock, config, database }) => {
  const mend = 'set the clock of this machine (timedatectl set-ntp true)';
  const head = await resolveRevision(repository);
  if (head !== null) {
    const { readCommitDetails } = await import('../git/commit-details.js');
    const committedAt = (await readCommitDetails(repository, [head.commit])).get(head.commit)?.committedAt;
    const ahead =
      committedAt === undefined || committedAt === null
        ? 0
        : (Date.parse(committedAt) - clock().getTime()) / 1000;
    if (ahead > SOME_SECONDS)
      return failure(`HEAD was committed ${Math.round(ahead)} s in the future of this machine`, mend);
  }
  if (config.database.kind === 'embedded') return ok('not before HEAD');
  const { sql } = await import('../db/sql.js');
  const offset = await (await database()).withSession(async ({ db }) => {
    const before = clock().getTime();
    const { rows } = await sql<{ ms: string }>`
      select (extract(epoch from clock_timestamp()) * 1000)::bigint::text as ms`.execute(db);
    return (Number(rows[0]?.ms ?? before) - (before + clock().getTime()) / 2) / 1000;
  });
  const detail = `${Math.abs(offset).toFixed(1)} s ${offset < 0 ? 'ahead of' : 'behind'} the database server`;
  if (Math.abs(offset) > MANY_SECONDS) return failure(detail, mend);
  return Math.abs(offset) > SOME_SECONDS ? warning(detail, mend) : ok(detail);
});

export const checkJobs: Check = async ({ repository, clock }) => {
  const jobs = jobsHealth(repository, clock());
  const ill = jobs.find(({ state }) => state === 'unhealthy');
  if (ill !== undefined)
    return failure(`${ill.job}: ${ill.reason}`, `look at the log of maven-git ${ill.job} --loop`);
  const failed = jobs.find(({ run }) => run?.outcome === 'failed');
  if (failed !== undefined)
    return warning(
      `the last ${failed.job} failed (${failed.run?.code})`,
      `run maven-git ${failed.job} and read why`,
    );
  return ok(
    jobs
      .filter(({ run }) => run !== null)
      .map(describe)
      .join(', ') || 'none has run here',
  );
};

function describe({ job, run, loop }: Heartbeat): string {
  return `${job} ${loop === null ? '' : 'in a loop, '}last ${run?.endedAt.slice(0, 16)}Z`;
}
