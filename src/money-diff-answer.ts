import type { Context } from './context.js';
import type { MoneyDiff } from './projection/questions/money-diff.js';

/** Finds both ends and compares them. @throws {@link MavenError} REVISION_NOT_FOUND, ARTIFACTS_NOT_FOUND. */
export async function answerMoneyDiff(
  context: Context,
  { from, to }: { readonly from: string; readonly to?: string },
): Promise<MoneyDiff> {
  const { askedMoment } = await import('./projection/questions/asked-moment.js');
  const { moneyDiff } = await import('./projection/questions/money-diff.js');
  const { readCommitDetails } = await import('./git/commit-details.js');
  const { noArtifacts } = await import('./projection/target-revision.js');
  const { repository, progress } = context;
  const find = async (name: string) => {
    const { revision } = await askedMoment(repository, name, context.clock());
    if (revision === null) throw new TypeError('a named revision is found or refused');
    return revision;
  };
  const [before, after] = [await find(from), await find(to ?? 'HEAD')];
  if (before.artifactsTree === null && after.artifactsTree === null) throw noArtifacts(after.commit);
  const details = await readCommitDetails(repository, [before.commit, after.commit]);
  return moneyDiff(
    { repository, progress },
    before,
    after,
    (commit) => details.get(commit)?.committedAt ?? null,
  );
}
