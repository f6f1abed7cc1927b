import { addDecimals } from '../../../parsers/decimal-arithmetic.js';
import { listArtifacts } from '../../git/tree.js';
import { openReader } from '../read-artifacts.js';
import type { ProjectedRow } from '../table-description.js';
import type { LiveDependencies } from './ask-projection.js';
import type { AccountKey, AccountSummary, SnapshotStore } from './snapshot-store.js';

type Row = ProjectedRow<'maven_portfolio_snapshots'>;

/**
 * Snapshots as the artifacts have them: the rows that would be projected, asked in memory.
 *
 * All are read, since a file's name tells its time to the second only, and not always right.
 */
export async function snapshotsInGit(
  dependencies: Pick<LiveDependencies, 'repository' | 'progress'>,
  artifactsTree: string,
): Promise<SnapshotStore> {
  const reader = openReader(dependencies, await listArtifacts(dependencies.repository, artifactsTree));
  const rows: Row[] = [];
  for await (const artifact of reader.read('maven_portfolio_snapshots'))
    rows.push(...(artifact.rows as readonly Row[]));
  rows.sort(oldestFirst);
  const ofAccount = ({ feed, account }: AccountKey): readonly Row[] =>
    rows.filter((row) => row.source === feed && row.account === account);
  return {
    accounts: async () => accountsOf(rows),
    newest: async (key, until, completeOnly) =>
      ofAccount(key).findLast(
        ({ snapshot_at, quality }) =>
          (until === null || snapshot_at <= until) && (!completeOnly || quality === 'complete'),
      ) ?? null,
    named: async (paths) => rows.filter(({ git_path }) => paths.includes(git_path)),
    recordedFlows: async (key, after, until) => {
      const mine = ofAccount(key);
      return after.map((start) =>
        sumOfFlows(mine.filter(({ snapshot_at }) => snapshot_at > start && snapshot_at <= until)),
      );
    },
    equity: async (key, from, until) =>
      ofAccount(key).filter(
        ({ snapshot_at }) =>
          (from === null || snapshot_at >= from) && (until === null || snapshot_at <= until),
      ),
  };
}

function accountsOf(rows: readonly Row[]): readonly AccountSummary[] {
  const accounts = new Map<string, AccountSummary>();
  for (const { source: feed, account, snapshot_at } of rows) {
    const name = JSON.stringify([feed, account]);
    const before = accounts.get(name);
    accounts.set(name, {
      feed,
      account,
      snapshots: (before?.snapshots ?? 0) + 1,
      first_at: before?.first_at ?? snapshot_at,
      newest_at: snapshot_at,
    });
  }
  return [...accounts.values()].sort(
    (left, right) => compareBytes(left.feed, right.feed) || compareBytes(left.account, right.account),
  );
}

function sumOfFlows(rows: readonly Row[]): string | null {
  let sum = '0';
  for (const { external_flow_usd: flow } of rows) {
    if (flow === null) return null;
    sum = addDecimals(sum, flow);
  }
  return sum;
}

function oldestFirst(left: Row, right: Row): number {
  // Canonical times are all of one length: they compare as text.
  if (left.snapshot_at !== right.snapshot_at) return left.snapshot_at < right.snapshot_at ? -1 : 1;
  return compareBytes(left.git_path, right.git_path);
}

/** As the collation "C" orders. */
function compareBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
