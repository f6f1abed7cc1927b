import os from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Random, seededRandom } from '../random.js';
import {
  addTally,
  collect,
  countKind,
  emptyTally,
  type Scenario,
  shareOf,
  type Tally,
  type TortureContext,
} from '../scenario.js';
import { differencesFrom, trade } from '../upstream.js';
import { bundleVictim } from '../victim-bundle.js';
import { type Job, jobs, startVictim, type Victim } from '../victim-process.js';
import { makeWorld, type World } from '../world.js';
import { type Acknowledged, checkHistory, checkProjection, checkRepository } from '../world-checks.js';

/** Kills to reach when everything is tried. */
const KILLS = 10_000;
/** Worlds side by side on a server's database, and how many victims share each: they meet each other's dead. */
const WORLDS = 4;
const VICTIMS = 2;
/** Kills between two looks at a world, and in its whole life: a repository that grows without end measures growth. */
const KILLS_A_LOOK = 100;
const KILLS_A_LIFE = 500;
/** Every so many worlds one projects into the embedded database, which one process at a time may open. */
const EMBEDDED_EVERY = 4;
const KILLS_EMBEDDED = 60;
/** No lock may outlive this, nor anything else that keeps the next process from working, on a machine of one's own. */
const PATIENCE_MS = 60_000;
/** Longer than any patience: a lock that stays is seen by the harness, not by the victim. */
const LOCK_TIMEOUT_SECONDS = '3600';
/** Where nothing is known yet of how long a job takes. */
const FIRST_GUESS_MS = 120;
const LONGEST_EXPECTED_MS = 5000;

/** What all worlds share. */
interface Campaign {
  readonly context: TortureContext;
  readonly script: string;
  readonly tally: Tally;
  /** Kills still to be made. */
  left: number;
  /** What each lane makes at most at once, so that a few are shared as well. */
  readonly part: number;
  worlds: number;
  /** How long a job takes at present, in ms, so that kills fall within it on any machine. */
  readonly expectedMs: Map<Job, number>;
}

/**
 * Processes that commit, project, sync and take snapshots are killed -9 at random moments, and others go on where they
 * died; every so often all of them are killed and everything is compared.
 */
export const randomKills: Scenario = {
  name: 'processes killed -9 at random in commit, projection, sync, snapshot',
  run: (context) =>
    collect(async (tally) => {
      const bundle = await bundleVictim();
      const left = shareOf(context, KILLS);
      const lanes = Math.min(WORLDS, Math.ceil(left / KILLS_A_LOOK));
      const campaign = {
        context,
        script: bundle.script,
        tally,
        part: Math.ceil(left / lanes),
        left,
        worlds: 0,
        expectedMs: new Map<Job, number>(),
      };
      try {
        await Promise.all(Array.from({ length: lanes }, () => playWorlds(campaign)));
      } finally {
        bundle.remove();
      }
    }),
};

async function playWorlds(campaign: Campaign): Promise<void> {
  while (campaign.left > 0 && performance.now() < campaign.context.deadline) {
    const number = campaign.worlds++;
    // The seed of each world is its own: lanes take turns as the machine likes.
    const random = seededRandom(campaign.context.random.below(2 ** 31));
    const embedded = number % EMBEDDED_EVERY === EMBEDDED_EVERY - 1;
    const kills = Math.min(campaign.left, embedded ? KILLS_EMBEDDED : KILLS_A_LIFE, campaign.part);
    campaign.left -= kills;
    const tally = emptyTally();
    const dir = join(campaign.context.dir, `world-${number}`);
    const world = await makeWorld({ dir, serverUrl: await campaign.context.postgres(), embedded });
    try {
      campaign.left +=
        kills - (await playWorld({ ...campaign, tally }, world, random, kills, `world ${number}`));
    } finally {
      await world.remove();
      addTally(campaign.tally, tally);
    }
  }
}

/** @returns how many kills were made. */
async function playWorld(
  campaign: Campaign,
  world: World,
  random: Random,
  kills: number,
  where: string,
): Promise<number> {
  const { tally, context } = campaign;
  const acknowledged: Acknowledged[] = [];
  const victims = world.projection === null ? 1 : VICTIMS;
  let since: string | null = null;
  let made = 0;
  while (made < kills && performance.now() < context.deadline) {
    const goal = Math.min(kills, made + KILLS_A_LOOK);
    const place = `${where}${world.projection === null ? ' (embedded)' : ''}, kills ${made + 1} to ${goal}`;
    const next = (): number | null => {
      if (made >= goal || performance.now() > context.deadline) return null;
      return made++;
    };
    await Promise.all(
      Array.from({ length: victims }, () =>
        killAgainAndAgain(campaign, world, random, next, acknowledged, place),
      ),
    );
    since = await look(world, { acknowledged, since, where: place }, tally);
  }
  tally.acknowledged += acknowledged.length;
  return made;
}

async function killAgainAndAgain(
  campaign: Campaign,
  world: World,
  random: Random,
  next: () => number | null,
  acknowledged: Acknowledged[],
  where: string,
): Promise<void> {
  for (let number = next(); number !== null; number = next()) {
    const [first, seed] = [random.pick(jobs), random.below(2 ** 31)];
    // Upstream goes on meanwhile, so that there is always something to sync.
    await trade(world.upstream, random, 1 + random.below(3));
    const victim = startVictim({
      script: campaign.script,
      folder: world.folder,
      env: { ...world.env, MAVEN_LOCK_TIMEOUT_SECONDS: LOCK_TIMEOUT_SECONDS },
      name: String(number),
      first,
      seed,
    });
    await lingerUntilKilled(campaign, victim, first, random, `${where}, kill ${number + 1}`);
    acknowledged.push(...victim.acknowledged);
    learn(campaign.expectedMs, victim);
  }
}

/** Most die in their first job, some while they start, some after many jobs. */
async function lingerUntilKilled(
  { tally, expectedMs }: Campaign,
  victim: Victim,
  first: Job,
  random: Random,
  where: string,
): Promise<void> {
  const [dice, moment] = [random.next(), random.next()];
  const jobMs = expectedMs.get(first) ?? FIRST_GUESS_MS;
  const begun = dice < 0.05 ? true : await victim.said(`begin ${first}`, patienceMs());
  if (!begun) tally.broken.push(`${where}: nothing began within a minute`);
  const longLife = dice > 0.75;
  if (longLife && !(await victim.said(`ack ${first}`, patienceMs())))
    tally.broken.push(`${where}: ${first} was not done within a minute`);
  await sleep(moment * jobMs * (longLife ? 3 : 1.3));
  await victim.kill();
  tally.tries++;
  tally.faults++;
  countKind(tally, victim.doing());
  for (const complaint of victim.complaints) tally.broken.push(`${where}: ${complaint}`.slice(0, 600));
}

/** Where others use the machine as well, everything takes as many times longer. */
function patienceMs(): number {
  const [load = 0] = os.loadavg();
  return PATIENCE_MS * Math.max(1, load / os.cpus().length);
}

function learn(expectedMs: Map<Job, number>, { durations }: Victim): void {
  for (const { job, ms } of durations) {
    const before = expectedMs.get(job) ?? ms;
    expectedMs.set(job, before * 0.8 + Math.min(ms, LONGEST_EXPECTED_MS) * 0.2);
  }
}

/** The next commands converge, and nothing is lost, broken or left. @returns HEAD. */
async function look(
  world: World,
  check: {
    readonly acknowledged: readonly Acknowledged[];
    readonly since: string | null;
    readonly where: string;
  },
  tally: Tally,
): Promise<string> {
  const { where } = check;
  await checkProjection(world, where, tally);
  const synced = await world.maven(['sync', 'trades', '--json']);
  if (synced.exitCode !== 0)
    tally.broken.push(`${where}: sync: ${synced.stderr}${synced.stdout}`.slice(0, 400));
  for (const fault of (await differencesFrom(world.upstream, world.folder)).slice(0, 5))
    tally.broken.push(`${where}: ${fault}`);
  checkFlows(world, where, tally);
  checkRepository(world, where, tally);
  return checkHistory(world, check, tally);
}

/** Each deposit is there once, however often its snapshot was killed. */
function checkFlows(world: World, where: string, tally: Tally): void {
  const paths = world
    .git('ls-tree', '-r', '--name-only', 'HEAD', '.moha/maven/flows/')
    .split('\n')
    .filter(Boolean);
  const ids = paths.flatMap((path) =>
    world
      .git('show', `HEAD:${path}`)
      .split('\n')
      .map((line) => (JSON.parse(line) as { readonly external_flow_id: string }).external_flow_id),
  );
  if (new Set(ids).size !== ids.length) tally.broken.push(`${where}: a flow is there twice`);
}
