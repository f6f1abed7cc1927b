import { execFileSync } from 'node:child_process';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { ARTIFACTS_ROOT } from '../../../parsers/artifact.js';
import { formatConversation } from '../../../parsers/conversation.js';
import { formatDecision } from '../../../parsers/decision.js';
import { formatInsight } from '../../../parsers/insight.js';
import { formatMilestone } from '../../../parsers/milestone.js';
import { formatSnapshot } from '../../../parsers/snapshot.js';
import { formatTrades } from '../../../parsers/trades.js';
import { openServerDatabase } from '../../../src/db/server-database.js';
import { sql } from '../../../src/db/sql.js';
import { openRepository } from '../../../src/git/repository.js';
import { TABLE_OF_KIND } from '../../../src/projection/projector.js';
import { reconcile } from '../../../src/projection/reconcile.js';
import { verify } from '../../../src/projection/verify.js';
import { ordinaryText } from '../../arbitraries/hostile-text.js';
import * as records from '../../arbitraries/records.js';
import { git, initRepository } from '../../git/support/temporary.js';
import { makeDatabase } from '../database.js';
import type { Mutant } from './artifacts.js';

/** Good artifacts that bad ones are put among. */
export interface TreeTrial {
  /** @returns what must not be. */
  run(bad: readonly Mutant[]): Promise<readonly string[]>;
  close(): Promise<void>;
}

interface Entry {
  readonly mode: string;
  /** As `git fast-import` takes it, quoted where it must be. */
  readonly path: string;
  readonly bytes: Buffer;
}

/** Makes the good artifacts, projects them alone, and remembers their rows. */
export async function openTreeTrial(folder: string, serverUrl: string): Promise<TreeTrial> {
  initRepository(folder, { 'README.md': 'a\n' });
  const made = await makeDatabase(serverUrl);
  const database = await openServerDatabase({ url: made.url }, 60_000);
  const repository = await openRepository(folder);
  const good = goodEntries();
  const project = async (entries: readonly Entry[]): Promise<void> => {
    commitTree(folder, entries);
    await reconcile({ repository, database }, { rebuild: true, force: true });
  };
  const rowsOf = (paths: readonly string[]) =>
    database.withSession(async ({ db }) => {
      const all: Record<string, readonly unknown[]> = {};
      for (const table of tables) {
        const { rows } =
          await sql`select * from ${sql.table(table)} where git_path in (${sql.join(paths)}) order by id`.execute(
            db,
          );
        all[table] = rows;
      }
      return all;
    });
  const goodPaths = good.map(({ path }) => path);
  await project(good);
  const expected = await rowsOf(goodPaths);

  return {
    async run(bad) {
      const faults: string[] = [];
      await project([
        ...good,
        ...bad.map(({ path, bytes }) => ({ mode: '100644', path, bytes })),
        ...oddEntries(),
      ]);
      const found = await rowsOf(goodPaths);
      for (const table of tables)
        if (!isDeepStrictEqual(found[table], expected[table]))
          faults.push(`good rows of ${table} are others than before`);
      const heard = await database.withSession(async ({ db }) => {
        const known = tables.map((table) => sql`select git_path from ${sql.table(table)}`);
        const { rows } = await sql<{
          git_path: string;
        }>`${sql.join([...known, sql`select git_path from maven_problems`], sql` union `)}`.execute(db);
        return new Set(rows.map((row) => row.git_path));
      });
      for (const { kind, path, bytes } of bad) {
        const mayBeSilent =
          TABLE_OF_KIND[kind] === null || kind === 'session_log' || bytes.toString('utf8').trim() === '';
        if (!mayBeSilent && !heard.has(path)) faults.push(`${path} has no row and no problem`);
      }
      for (const path of ODD_TOLD) if (!heard.has(path)) faults.push(`nothing is told of ${path}`);
      const report = await verify({ repository, database });
      if (report.layers.projection !== 'ok') faults.push('verify finds drift right after reconcile');
      return faults;
    },
    async close() {
      await database.close();
      await made.drop();
    },
  };
}

const tables = [...new Set(Object.values(TABLE_OF_KIND))].filter((table) => table !== null);

/** Records that no damaged file holds: of another year, source, account and conversation. */
function goodEntries(): readonly Entry[] {
  const text = ordinaryText();
  const sample = <T>(arbitrary: fc.Arbitrary<T>, number: number): readonly T[] =>
    fc.sample(arbitrary, { numRuns: number, seed: 7 });
  const files: (readonly [string, string])[] = [
    ...sample(records.decisionRecord(text), 40).map(
      (one, n) => [`decisions/decision_20310114_142408_${n + 1}.md`, formatDecision(one)] as const,
    ),
    ...sample(records.insightRecord(text), 20).map(
      (one, n) => [`insights/insight_20310114_142408_${n + 1}.md`, formatInsight(one)] as const,
    ),
    ...sample(records.milestoneRecord(text), 10).map(
      (one, n) => [`milestones/milestone_20310114_142408_g${n}.md`, formatMilestone(one)] as const,
    ),
    ...sample(records.snapshotRecord(), 20).map(
      (one, n) =>
        [
          `snapshots/2031/01/snapshot_20310101T0000${String(n).padStart(2, '0')}Z.json`,
          formatSnapshot({ ...one, account: 'guard' }),
        ] as const,
    ),
    ...sample(records.ledger(), 20).map(
      (trades, n) =>
        [
          `trades/2031/2031-01-${String(n + 1).padStart(2, '0')}.jsonl`,
          formatTrades(
            trades.map((trade) => ({
              ...trade,
              source: 'guard',
              externalTradeId: `${n}-${trade.externalTradeId}`.slice(0, 200),
              decision: null,
            })),
          ),
        ] as const,
    ),
    ...sample(records.conversation(text), 5).map(
      (messages, n) =>
        [
          `conversations/guard-${n}.jsonl`,
          formatConversation(messages.map((message) => ({ ...message, conversationId: `guard-${n}` }))),
        ] as const,
    ),
  ];
  return files.map(([path, content]) => ({
    mode: '100644',
    path: `${ARTIFACTS_ROOT}/${path}`,
    bytes: Buffer.from(content),
  }));
}

/** What a tree may hold besides files with bad bytes; the projection tells of each. */
const ODD_TOLD = [
  `${ARTIFACTS_ROOT}/decisions/decision_20320101_000000.md`,
  `${ARTIFACTS_ROOT}/decisions/decision_20320101_000001.md`,
  `${ARTIFACTS_ROOT}/Decisions/decision_20310114_142408_1.md`,
  `${ARTIFACTS_ROOT}/IDENTITY.json`,
  `${ARTIFACTS_ROOT}/trades/2031/2031-01-01.JSONL`,
  `${ARTIFACTS_ROOT}/trades/2032/2031-01-01.jsonl`,
  `${ARTIFACTS_ROOT}/decisions/deeper/decision_20310114_142408_1.md`,
] as const;

function oddEntries(): readonly Entry[] {
  const decision = Buffer.from('# Decision Record\n');
  const [link = '', submodule = '', ...others] = ODD_TOLD;
  return [
    { mode: '120000', path: link, bytes: Buffer.from('../../../README.md') },
    { mode: '160000', path: submodule, bytes: Buffer.alloc(0) },
    ...others.map((path) => ({ mode: '100644', path, bytes: decision })),
    ...[
      '\\001\\033[2J.md',
      'a\\nb.md',
      '\\377\\376.md',
      '\\342\\200\\256dm.x',
      '%2e%2e',
      '--all',
      "'; drop table maven_trades; --",
      '$(touch x)',
    ].map((name) => ({ mode: '100644', path: `"${ARTIFACTS_ROOT}/decisions/${name}"`, bytes: decision })),
    { mode: '100755', path: `${ARTIFACTS_ROOT}/personas/executable.md`, bytes: Buffer.from('x\n') },
    { mode: '120000', path: `${ARTIFACTS_ROOT}/personas/link.md`, bytes: Buffer.from('/etc/passwd') },
  ];
}

/** One commit of exactly these files, not checked out: some file systems could not hold them. */
function commitTree(folder: string, entries: readonly Entry[]): void {
  const parts: Buffer[] = [
    Buffer.from(
      'reset refs/heads/main\ncommit refs/heads/main\ncommitter a <a@b> 1768400000 +0000\ndata 1\nx\n',
    ),
  ];
  for (const { mode, path, bytes } of entries) {
    if (mode === '160000') parts.push(Buffer.from(`M ${mode} ${'1'.repeat(40)} ${path}\n`));
    else
      parts.push(Buffer.from(`M ${mode} inline ${path}\ndata ${bytes.length}\n`), bytes, Buffer.from('\n'));
  }
  execFileSync('git', ['fast-import', '--quiet', '--force'], {
    cwd: folder,
    input: Buffer.concat(parts),
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  git(folder, 'read-tree', 'HEAD');
}
