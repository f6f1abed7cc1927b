import type { Repository } from '../git/repository.js';
import type { Revision } from '../git/revision.js';
import { listArtifacts } from '../git/tree.js';
import type { ReportProgress } from '../progress.js';
import { danglingLink } from './dangling-links.js';
import { artifactFinding, type Finding } from './finding.js';
import { checkLedgerHistory } from './ledger-history.js';
import { openReader } from './read-artifacts.js';
import type { ProjectedRow } from './table-description.js';
import { PROJECTED_TABLES } from './tables/index.js';
import { treeOf } from './target-revision.js';

export interface CheckedArtifacts {
  readonly findings: readonly Finding[];
  readonly artifactsRead: number;
}

/** Checks what is in git alone: everything parses, identities stand once, links lead somewhere, ledgers only grew. */
export async function checkArtifacts(
  dependencies: { readonly repository: Repository; readonly progress?: ReportProgress },
  target: Revision,
): Promise<CheckedArtifacts> {
  const { repository } = dependencies;
  const entries = await listArtifacts(repository, treeOf(target));
  const reader = openReader(dependencies, entries);
  const decisions = new Set<string>();
  const links: ProjectedRow<'maven_trades'>[] = [];
  for (const { table } of PROJECTED_TABLES) {
    if (table === 'maven_problems') continue;
    for await (const rows of reader.read(table)) {
      for (const row of rows as readonly Partial<
        ProjectedRow<'maven_trades'> & ProjectedRow<'maven_decisions'>
      >[]) {
        if (table === 'maven_decisions' && row.git_filename !== undefined) decisions.add(row.git_filename);
        if (row.decision_filename != null) links.push(row as ProjectedRow<'maven_trades'>);
      }
    }
  }
  for await (const _ of reader.read(null));
  const dangling = links
    .filter((trade) => !decisions.has(trade.decision_filename ?? ''))
    .map((trade) => danglingLink(trade));
  const rewrites = await checkLedgerHistory(repository, target.commit, treeOf(target));
  return {
    findings: [...reader.problems.map(artifactFinding), ...dangling, ...rewrites],
    artifactsRead: reader.size,
  };
}
