import { type AnswerSource, askQuestion, type QuestionDependencies } from './ask-projection.js';
import type { AskedRevision } from './asked-moment.js';
import { accountName, chooseAccount } from './choose-account.js';
import type { PortfolioQuery } from './portfolio-query.js';
import {
  askedAt,
  freshnessWarnings,
  type PortfolioWarning,
  type SnapshotEvidence,
} from './snapshot-answer.js';
import type { AccountKey, AccountSummary, SnapshotRow, SnapshotStore } from './snapshot-store.js';
import { snapshotsInPostgres } from './snapshots-in-postgres.js';

/** What every answer about snapshots says of the question. */
export interface AskedAccount {
  /** Canonical time to which ages are counted: the time asked, or now. */
  readonly asked_at: string;
  /** The upstream and the address; null = no account has a snapshot. */
  readonly feed: string | null;
  readonly account: string | null;
  /** Why there is no answer, and what to do; null when there is one. */
  readonly reason: string | null;
  readonly hint: string | null;
}

export interface SnapshotsAnswer<S extends SnapshotEvidence> extends AskedAccount {
  /** The newest snapshot, or the latest at the time asked; null = there is none, for the `reason`. */
  readonly snapshot: S | null;
  /** Where that one is not complete: the newest that is. Null = it is complete, or none is. */
  readonly newest_complete: S | null;
  readonly warnings: readonly PortfolioWarning[];
}

/** Asks snapshots, all of one moment. */
export function askSnapshots<T>(
  dependencies: QuestionDependencies,
  asked: AskedRevision,
  ask: (store: SnapshotStore) => Promise<T>,
): Promise<AnswerSource & { readonly answer: T }> {
  return askQuestion(dependencies, asked, ['maven_portfolio_snapshots'], (db) =>
    ask(snapshotsInPostgres(db, dependencies.repository)),
  );
}

/** Tells the newest snapshot of the account, and beside it the newest complete one where it is not complete. */
export async function answerSnapshots<S extends SnapshotEvidence>(
  store: SnapshotStore,
  query: PortfolioQuery,
  describe: (
    key: AccountKey,
    row: SnapshotRow,
    asked: string,
  ) => Promise<{ readonly snapshot: S; readonly warnings: readonly PortfolioWarning[] }>,
): Promise<SnapshotsAnswer<S>> {
  const key = chooseAccount(await store.accounts(), query.account);
  const about = askedAccount(key, query);
  const row = key === null ? null : await store.newest(key, query.at, false);
  if (key === null || row === null)
    return { ...about, ...nothing(key, query), snapshot: null, newest_complete: null, warnings: [] };
  const completeRow = row.quality === 'complete' ? null : await store.newest(key, query.at, true);
  const newest = await describe(key, row, about.asked_at);
  const complete = completeRow === null ? null : await describe(key, completeRow, about.asked_at);
  return {
    ...about,
    snapshot: newest.snapshot,
    newest_complete: complete?.snapshot ?? null,
    warnings: [
      ...freshnessWarnings(newest.snapshot, complete?.snapshot ?? null, about.asked_at, query),
      ...newest.warnings,
      ...(complete?.warnings ?? []),
    ],
  };
}

export function askedAccount(key: AccountSummary | null, query: PortfolioQuery): AskedAccount {
  return {
    asked_at: askedAt(query),
    feed: key?.feed ?? null,
    account: key?.account ?? null,
    reason: null,
    hint: null,
  };
}

/** Says why there is no snapshot to tell of. */
export function nothing(
  key: AccountSummary | null,
  { at }: Pick<PortfolioQuery, 'at'>,
): { readonly reason: string; readonly hint: string } {
  if (key === null)
    return {
      reason: 'no portfolio snapshot is recorded yet',
      hint: 'take one with maven-git snapshot',
    };
  return {
    reason: `no snapshot of ${accountName(key)} at or before ${at ?? 'now'}; the first is of ${key.first_at}`,
    hint: `ask for a time from ${key.first_at} on`,
  };
}
