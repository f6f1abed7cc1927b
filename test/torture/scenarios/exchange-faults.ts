import { join } from 'node:path';
import { parseSnapshot } from '../../../parsers/snapshot.js';
import { openContext } from '../../../src/context.js';
import { MavenError } from '../../../src/errors.js';
import type { SnapshotReport } from '../../../src/ledger/snapshot/snapshot-report.js';
import { openSnapshotJob } from '../../../src/snapshot-job.js';
import type { StandInFault } from '../../../src/sources/hyperliquid/stand-in/faults.js';
import { answerOf, faultOfError, runJob } from '../cli-job.js';
import { ACCOUNT_VALUE_USD } from '../exchange.js';
import { collect, countKind, type Scenario, shareOf, type Tally, type TortureContext } from '../scenario.js';
import { makeWorld, type World } from '../world.js';
import { checkProjection, checkRepository } from '../world-checks.js';

/** Rounds over all calls and faults when everything is tried, and tries of the built program. */
const ROUNDS = 3;
const PROGRAM_RUNS = 20;

const CALLS = [
  'clearinghouseState',
  'spotClearinghouseState',
  'userAbstraction',
  'userRole',
  'userVaultEquities',
  'userNonFundingLedgerUpdates',
  'perpDexs',
  'delegatorSummary',
  'spotMeta',
  'allMids',
  'portfolio',
] as const;

const FAULTS: readonly StandInFault[] = [
  { kind: 'too_many_requests', retryAfter: '1' },
  { kind: 'too_many_requests' },
  { kind: 'server_error' },
  { kind: 'bad_gateway' },
  { kind: 'html' },
  { kind: 'refused' },
  { kind: 'hang' },
  { kind: 'drip' },
  { kind: 'truncated' },
  { kind: 'cut_off' },
  { kind: 'wrong_type' },
  { kind: 'empty' },
  { kind: 'huge' },
  { kind: 'reset' },
  { kind: 'redirect', to: 'https://elsewhere.example/info' },
];

/** Fields that make the value of the account, in another form than they should have. */
const FIELDS: readonly (readonly [call: (typeof CALLS)[number], fault: StandInFault])[] = [
  ['clearinghouseState', { kind: 'missing_field', path: 'marginSummary.accountValue' }],
  ['clearinghouseState', { kind: 'replaced_field', path: 'marginSummary.accountValue', value: 0 }],
  ['clearinghouseState', { kind: 'replaced_field', path: 'marginSummary.accountValue', value: 1000.5 }],
  ['clearinghouseState', { kind: 'replaced_field', path: 'marginSummary.accountValue', value: '' }],
  ['clearinghouseState', { kind: 'replaced_field', path: 'withdrawable', value: 'NaN' }],
  ['clearinghouseState', { kind: 'replaced_field', path: 'marginSummary.totalMarginUsed', value: null }],
  ['spotClearinghouseState', { kind: 'replaced_field', path: 'balances.0.total', value: 200 }],
  ['spotClearinghouseState', { kind: 'missing_field', path: 'balances' }],
  ['userVaultEquities', { kind: 'replaced_field', path: '0.equity', value: '' }],
  ['userNonFundingLedgerUpdates', { kind: 'missing_field', path: '0.time' }],
];

/** An address that is well formed and that nobody has: the exchange answers zeros for it. */
const NOBODY = `0x${'3'.repeat(40)}`;

/**
 * Every call of the exchange answered in every wrong way, for ever or for a while: one clear error and nothing written,
 * or a snapshot that says which part is not known; never a zero, never a wrong number.
 */
export const exchangeFaults: Scenario = {
  name: 'the exchange: 429, 5xx, no answer, cut off, truncated, wrong types, zero account',
  run: (context) =>
    collect(async (tally) => {
      const world = await makeWorld({ dir: join(context.dir, 'world'), serverUrl: await context.postgres() });
      try {
        const points = [
          ...CALLS.flatMap((call) => FAULTS.map((fault) => ({ call, fault, times: undefined }))),
          ...CALLS.flatMap((call) => FAULTS.map((fault) => ({ call, fault, times: 2 }))),
          ...FIELDS.map(([call, fault]) => ({ call, fault, times: undefined })),
        ];
        const tries = shareOf(context, ROUNDS * points.length);
        for (let number = 0; number < tries && performance.now() < context.deadline; number++) {
          const point = context.share >= 1 ? points[number % points.length] : context.random.pick(points);
          if (point !== undefined) await tryOnce(world, point, tally);
        }
        await zeroAccount(world, tally);
        for (let number = 0; number < shareOf(context, PROGRAM_RUNS); number++)
          if (performance.now() < context.deadline) await tryProgram(context, world, tally);
        world.exchange.behave();
        await checkProjection(world, 'the end', tally);
        checkRepository(world, 'the end', tally);
      } finally {
        await world.remove();
      }
    }),
};

interface Point {
  readonly call: string;
  readonly fault: StandInFault;
  /** Absent = for ever. */
  readonly times: number | undefined;
}

/** In this process, with a client that does not wait between its tries. */
async function tryOnce(world: World, { call, fault, times }: Point, tally: Tally): Promise<void> {
  const where = `${call} ${JSON.stringify(fault)}${times === undefined ? '' : ` ${times} times`}`;
  const before = world.git('rev-parse', 'HEAD');
  world.exchange.behave();
  world.exchange.misbehave(fault, times === undefined ? { call } : { call, times });
  const outcome = await take(world);
  tally.tries++;
  tally.faults++;
  countKind(tally, fault.kind);
  if (outcome instanceof MavenError) {
    if (!/^UPSTREAM_/.test(outcome.code) || outcome.hint === '')
      tally.broken.push(`${where}: ${outcome.code} ${outcome.message} -- ${outcome.hint}`);
    if (!isOnlyLog(world, before)) tally.broken.push(`${where}: an error, and something was written`);
  } else if ('outcome' in outcome) checkSnapshot(world, where, outcome, tally);
  else tally.broken.push(`${where}: threw ${String(outcome)}`);
}

async function take(world: World): Promise<SnapshotReport | MavenError | Error> {
  const context = await openContext({ repo: world.folder, env: world.env });
  const job = await openSnapshotJob(context, {
    sleep: async () => undefined,
    random: () => 0,
    timeoutMs: 250,
  });
  try {
    return await job.take({ type: 'manual', intervalSeconds: 3600, dryRun: false, wait: true });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    await job.close();
    await context.close();
  }
}

/** What was written says the truth: the value that the account has, or null with the part that failed. */
function checkSnapshot(world: World, where: string, report: SnapshotReport, tally: Tally): void {
  if (report.commit === null) {
    tally.broken.push(`${where}: neither a snapshot nor an error`);
    return;
  }
  tally.acknowledged++;
  const path = world
    .git('show', '--format=', '--name-only', report.commit.commit)
    .split('\n')
    .find((name) => name.startsWith('.moha/maven/snapshots/'));
  const text = world.git('show', `HEAD:${path}`);
  const record = parseSnapshot(`${text}\n`, path ?? '').records[0]?.record;
  if (record === undefined) {
    tally.broken.push(`${where}: ${path} cannot be read back`);
    return;
  }
  const isComplete = record.quality.status === 'complete';
  const isWrong = record.totalValueUsd === null ? isComplete : record.totalValueUsd !== ACCOUNT_VALUE_USD;
  if (isWrong || /_usd": "-?0(\.0*)?"/.test(text))
    tally.broken.push(
      `${where}: it wrote ${record.totalValueUsd} as ${record.quality.status}: ${text.slice(0, 200)}`,
    );
}

/** An account of zeros is most often a wrong address; it is refused, not written down as a loss of everything. */
async function zeroAccount(world: World, tally: Tally): Promise<void> {
  world.exchange.behave();
  const before = world.git('rev-parse', 'HEAD');
  const run = await runJob(world, 'snapshot', '', { HYPERLIQUID_ADDRESS: NOBODY });
  tally.tries++;
  tally.faults++;
  countKind(tally, 'zero account');
  const fault = run.exitCode === 1 ? faultOfError(run) : `exits ${run.exitCode}: ${run.stdout.slice(0, 300)}`;
  if (fault !== null) tally.broken.push(`zero account: ${fault}`);
  if (!isOnlyLog(world, before)) tally.broken.push('zero account: something was written');
}

/** The built program, as it retries by itself: a fault that passes is got over. */
async function tryProgram({ random }: TortureContext, world: World, tally: Tally): Promise<void> {
  const passing = FAULTS.filter(({ kind }) =>
    ['too_many_requests', 'server_error', 'bad_gateway', 'reset'].includes(kind),
  );
  const fault = random.pick(passing);
  world.exchange.behave();
  world.exchange.misbehave(fault, { times: 1 + random.below(2) });
  const run = await runJob(world, 'snapshot', '');
  tally.tries++;
  tally.faults++;
  countKind(tally, `${fault.kind}, got over by the program`);
  if (run.exitCode !== 0)
    tally.broken.push(`program, ${fault.kind}: ${run.stdout}${run.stderr}`.slice(0, 400));
  else if (answerOf(run)?.commit?.commit !== undefined) tally.acknowledged++;
}

/** What a failed job may write: an event in the session log. */
function isOnlyLog(world: World, before: string): boolean {
  const touched = world.git('diff', '--name-only', before, 'HEAD').split('\n').filter(Boolean);
  return touched.every((path) => path === '.moha/maven/session_log.md');
}
