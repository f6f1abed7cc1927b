import type { Schema } from '../db/schema.js';
import { type Kysely, sql } from '../db/sql.js';
import { type Finding, finding } from './finding.js';
import { stageName } from './stage.js';
import type { ProjectedRow } from './table-description.js';
import { trades } from './tables/trades.js';

type LinkedTrade = Pick<
  ProjectedRow<'maven_trades'>,
  'source' | 'external_trade_id' | 'decision_filename' | 'git_path' | 'git_line'
>;

/** Names the staged trades whose decision does not exist; found on the stage, that is, in git. */
export async function danglingLinks(db: Kysely<Schema>): Promise<readonly Finding[]> {
  const { rows } = await sql<LinkedTrade>`
    select source, external_trade_id, decision_filename, git_path, git_line
    from ${sql.table(stageName(trades))}
    where decision_filename is not null and decision_id is null
    order by git_path, git_line`.execute(db);
  return rows.map(danglingLink);
}

export function danglingLink(trade: LinkedTrade): Finding {
  const key = `${trade.source}/${trade.external_trade_id}`;
  return finding({
    code: 'DECISION_NOT_FOUND',
    severity: 'error',
    layer: 'artifacts',
    message: `trade ${key} names decision ${trade.decision_filename}, which does not exist`,
    key,
    path: trade.git_path,
    line: Number(trade.git_line),
    column: 'decision',
    actual: trade.decision_filename,
    mend: 'restore the decision file, or record a correction of the trade',
  });
}
