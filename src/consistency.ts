import type { Context } from './context.js';
import { openEmbeddedDatabase } from './db/embedded-database.js';
import { MavenError } from './errors.js';
import { shallowCommits } from './git/commit-walk.js';
import { isAncestor, resolveRevision } from './git/revision.js';
import { missingLedgerLines } from './projection/ledger-history.js';
import type { MoneyDiff } from './projection/questions/money-diff.js';
import { reconcile } from './projection/reconcile.js';
import { type VerifyOptions, type VerifyReport, verifyRepository } from './verify-repository.js';

export interface ConsistencyOptions extends VerifyOptions {
  /** A revision whose ledger lines must all still stand at HEAD; undefined = none, the history of HEAD is checked alone. */
  readonly base?: string | undefined;
}

export interface ConsistencyReport extends VerifyReport {
  /** What changed in money since the base; null = no base was named. */
  readonly money: MoneyDiff | null;
}

/**
 * Checks a checkout by itself, without any server: rebuilds a throwaway database from HEAD and runs every layer on it; with
 * `artifactsOnly` no database at all, and no layer that needs one.
 *
 * @throws {@link MavenError} REPOSITORY_UNSUPPORTED for a shallow clone, in which a rewritten ledger cannot be seen;
 *   REVISION_NOT_FOUND for the base.
 */
export async function checkConsistency(
  context: Context,
  options: ConsistencyOptions = {},
): Promise<ConsistencyReport> {
  const { base, ...rest } = options;
  refuseShallow(context);
  const scratch = openEmbeddedDatabase({ folder: null, lockTimeoutMs: 0, notice: () => undefined });
  try {
    const { repository, progress } = context;
    if (rest.artifactsOnly !== true) await reconcile({ repository, progress, database: scratch });
    const report = await verifyRepository({ ...context, database: async () => scratch }, rest);
    return base === undefined ? { ...report, money: null } : await comparedWith(context, report, base);
  } finally {
    await scratch.close();
  }
}

function refuseShallow({ repository }: Context): void {
  if (shallowCommits(repository).size === 0) return;
  throw new MavenError(
    'REPOSITORY_UNSUPPORTED',
    'this clone is shallow: whether a ledger line was ever removed cannot be seen',
    { hint: 'fetch the history: actions/checkout with fetch-depth: 0, or git fetch --unshallow' },
  );
}

/** What HEAD descends from is in its history, which is checked already; a branch beside it, or one that was replaced, is not. */
async function comparedWith(
  context: Context,
  report: VerifyReport,
  base: string,
): Promise<ConsistencyReport> {
  const { repository } = context;
  const found = await resolveRevision(repository, base);
  if (found === null) {
    throw new MavenError(
      'REVISION_NOT_FOUND',
      `there is no commit ${JSON.stringify(base)} in this repository`,
      {
        hint: 'name a commit, branch or tag that was fetched',
        data: { base },
      },
    );
  }
  const { answerMoneyDiff } = await import('./money-diff-answer.js');
  const money = await answerMoneyDiff(context, { from: found.commit, to: report.revision });
  if (await isAncestor(repository, found.commit, report.revision)) return { ...report, money };
  const head = await resolveRevision(repository, report.revision);
  const missing = await missingLedgerLines(repository, found, head?.artifactsTree ?? null);
  return {
    ...report,
    money,
    findings: [...missing, ...report.findings],
    errors: report.errors + missing.length,
    layers: { ...report.layers, artifacts: missing.length > 0 ? 'findings' : report.layers.artifacts },
  };
}
