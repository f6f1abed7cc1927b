import { join } from 'node:path';
import { openServerDatabase } from '../../../src/db/server-database.js';
import { fingerprint } from '../../../src/projection/dump.js';
import { PROJECTED_TABLES } from '../../../src/projection/tables/index.js';
import { git } from '../../git/support/temporary.js';
import { type Tampered, type Tampering, tamper } from '../../projection/tampering.js';
import { type CliRun, ROOT } from '../../support/cli.js';
import { faultOfError, jobArguments } from '../cli-job.js';
import { makeDatabase, onServer, type ScenarioDatabase } from '../database.js';
import type { Random } from '../random.js';
import { collect, countKind, type Scenario, shareOf, type Tally, type TortureContext } from '../scenario.js';
import { trade } from '../upstream.js';
import { makeWorld } from '../world.js';

const TAMPERINGS = 300;
const WIPES = 60;
const RESTORES = 60;
const SHORT = 0.02;
const TABLES = [...PROJECTED_TABLES.map(({ table }) => table), 'maven_projection', 'maven_migration'];
/** Something for every table. */
const HISTORY: readonly (readonly string[])[] = [
  jobArguments('commit', 'a first one'),
  jobArguments('commit', 'a second one'),
  ['record', 'event', '--type', 'SESSION_CLOSE', '--text', 'closed flat'],
  ['record', 'milestone', '--title', 'first month', '--text', 'in the black'],
  ['record', 'insight', '--type', 'funding', '--asset', 'ETH', '--confidence', '60', '--text', 'it turned'],
  ['import', 'conversation', join(ROOT, 'fixtures/artifacts/transcript/claude-code.jsonl')],
  jobArguments('sync', ''),
  jobArguments('snapshot', ''),
  ['metrics', '--all'],
  ['reconcile'],
];
const WIPE = 'drop schema public cascade; create schema public';
const ACTIONS = ['change', 'delete', 'insert'] as const;

interface Bench {
  readonly folder: string;
  readonly serverUrl: string;
  readonly database: ScenarioDatabase;
  readonly random: Random;
  readonly tally: Tally;
  run(args: readonly string[]): Promise<CliRun>;
  /** Fingerprint of all projected rows. */
  dump(): Promise<string>;
  execute(sql: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * The tables are changed cell by cell, wiped, and restored from old dumps, whole and in part. Verify names what is wrong,
 * and what is put right is the same bytes with the same ids (laws 5 and 7 of the projection).
 */
export const databaseTampered: Scenario = {
  name: 'the database wiped, tampered with, restored in half',
  run: (context) =>
    collect(async (tally) => {
      const bench = await openBench(context, tally);
      try {
        const kinds = [
          { count: TAMPERINGS, act: tamperOnce },
          { count: WIPES, act: wipeOnce },
          { count: RESTORES, act: restoreOnce },
        ];
        // A short run takes one of them.
        const chosen = context.share < SHORT ? [context.random.pick(kinds)] : kinds;
        for (const { count, act } of chosen) {
          for (let number = 0; number < shareOf(context, count); number++) {
            if (performance.now() > context.deadline) return;
            tally.tries++;
            await act(bench);
          }
        }
      } finally {
        await bench.close();
      }
    }),
};

/** A small repository with something in every table, projected. */
async function openBench({ dir, postgres, random }: TortureContext, tally: Tally): Promise<Bench> {
  const serverUrl = await postgres();
  const world = await makeWorld({ dir: join(dir, 'world'), serverUrl });
  const { folder, projection: database } = world;
  if (database === null) throw new Error('no server database');
  const bench: Bench = {
    folder,
    serverUrl,
    database,
    random,
    tally,
    run: (args) => world.maven(args),
    dump: async () => {
      const opened = await openServerDatabase({ url: database.url }, 10_000);
      const { sha256 } = await opened.withSession(({ db }) => fingerprint(db)).finally(() => opened.close());
      return sha256;
    },
    execute: (sql) => onServer(database.url, (client) => client.query(sql).then(() => undefined)),
    close: () => world.remove(),
  };
  await trade(world.upstream, random, 6);
  await trade(world.upstream, random, 4);
  for (const args of HISTORY) await expectExit(bench, args, 0, 'making a history');
  return bench;
}

/** Law 5: one thing changed behind the program's back is named exactly, and put right. */
async function tamperOnce(bench: Bench): Promise<void> {
  const { random, tally, database } = bench;
  const before = await bench.dump();
  const tampering: Tampering = {
    action: random.pick(ACTIONS),
    table: random.below(1000),
    row: random.below(1000),
    column: random.below(1000),
  };
  const opened = await openServerDatabase({ url: database.url }, 10_000);
  const expected = await tamper(opened, tampering).finally(() => opened.close());
  if (expected === null) return;
  noteFault(tally, `one ${tampering.action}`);
  const where = `${tampering.action} in ${expected.table} ${expected.column ?? ''}`;
  const found = await expectExit(bench, ['verify', '--json'], 1, where);
  const drift = driftOf(found);
  if (JSON.stringify(drift) !== JSON.stringify([expected]))
    tally.broken.push(
      `${where}: verify names ${JSON.stringify(drift)} instead of ${JSON.stringify(expected)}`,
    );
  await expectExit(bench, ['verify', '--fix'], 0, where);
  await expectSame(bench, before, where);
}

/** Law 7: what was wiped, in whole or in part, is the same bytes after one reconcile. */
async function wipeOnce(bench: Bench): Promise<void> {
  const before = await bench.dump();
  const chosen = TABLES.filter(() => bench.random.next() < 0.4);
  const statements = [
    WIPE,
    `drop table if exists ${(chosen.length > 0 ? chosen : TABLES).join(', ')} cascade`,
    'drop function maven_get_current_portfolio()',
  ];
  const statement = bench.random.pick(statements);
  noteFault(bench.tally, 'wiped');
  await bench.execute(statement);
  const isUnknown = chosen.includes('maven_projection') && chosen.includes('maven_migration');
  if (isUnknown && statement.startsWith('drop table')) await refusedFirst(bench, statement);
  await expectExit(bench, ['reconcile'], 0, statement);
  await expectSame(bench, before, statement);
}

/**
 * Where nothing says any more whose the remaining tables are, they might be another program's: they are not touched, and
 * a person does what the error says.
 */
async function refusedFirst(bench: Bench, where: string): Promise<void> {
  const run = await bench.run(['reconcile', '--json']);
  if (run.exitCode === 0) return;
  const fault = faultOfError(run);
  if (fault !== null) bench.tally.broken.push(`${where}: ${fault}`);
  countKind(bench.tally, 'wiped beyond recognition, refused by name');
  await bench.execute(WIPE);
}

/** The tables are those of an older commit, all of them or some, with the newer state or the older one beside them. */
async function restoreOnce(bench: Bench): Promise<void> {
  const { random, tally, folder } = bench;
  const old = await makeDatabase(bench.serverUrl);
  await old.drop();
  await onServer(bench.serverUrl, (client) =>
    client.query(`create database ${old.name} template ${bench.database.name}`),
  );
  try {
    const decision = ['record', 'decision', '--type', 'buy', '--asset', 'BTC', '--risk', 'low'];
    const told = ['--confidence', '70', '--action', 'buy', '--reasoning', `restore ${tally.tries}`];
    await expectExit(bench, [...decision, ...told], 0, 'a decision after the dump');
    await expectExit(bench, ['verify'], 0, 'verify before the restore');
    const before = await bench.dump();
    const state = await stateOf(bench);
    await onServer(bench.serverUrl, async (client) => {
      await client.query(`drop database ${bench.database.name} with (force)`);
      await client.query(`create database ${bench.database.name} template ${old.name}`);
    });
    const isHalf = random.next() < 0.5;
    noteFault(tally, isHalf ? 'restored in half' : 'restored whole');
    const where = `${isHalf ? 'half' : 'whole'} dump of before ${git(folder, 'rev-parse', '--short', 'HEAD')}`;
    if (isHalf) {
      // The row that says where the tables stand is new, the tables are old.
      await bench.execute(
        `delete from maven_projection; insert into maven_projection
         select * from jsonb_populate_record(null::maven_projection, '${state.replaceAll("'", "''")}')`,
      );
      await expectExit(bench, ['verify'], 1, `${where}: verify must tell`);
      await expectExit(bench, ['verify', '--fix'], 0, where);
    } else await expectExit(bench, ['reconcile'], 0, where);
    await expectSame(bench, before, where);
  } finally {
    await old.drop();
  }
}

function stateOf({ database }: Bench): Promise<string> {
  return onServer(database.url, async (client) => {
    const { rows } = await client.query<{ state: string }>(
      'select to_jsonb(p)::text as state from maven_projection p',
    );
    return rows[0]?.state ?? '{}';
  });
}

/** One reconcile, and then nothing differs. */
async function expectSame(bench: Bench, before: string, where: string): Promise<void> {
  const after = await bench.dump().catch((error: unknown) => String(error));
  if (after !== before) bench.tally.drift.push(`${where}: the tables are not the bytes they were (${after})`);
  const verified = await bench.run(['verify', '--json']);
  if (verified.exitCode !== 0) bench.tally.drift.push(`${where}: verify exits ${verified.exitCode}`);
}

async function expectExit(
  bench: Bench,
  args: readonly string[],
  code: number,
  where: string,
): Promise<CliRun> {
  const run = await bench.run(args);
  if (run.exitCode !== code)
    bench.tally.broken.push(
      `${where}: ${args.slice(0, 2).join(' ')} exits ${run.exitCode}: ${run.stderr}${run.stdout}`.slice(
        0,
        500,
      ),
    );
  return run;
}

function driftOf(run: CliRun): readonly Tampered[] {
  const { findings } = JSON.parse(run.stdout) as {
    readonly findings: readonly (Tampered & { readonly layer: string })[];
  };
  return findings
    .filter(({ layer }) => layer === 'projection')
    .map(({ table, code, column }) => ({ table, code, column }));
}

function noteFault(tally: Tally, kind: string): void {
  tally.faults++;
  countKind(tally, kind);
}
