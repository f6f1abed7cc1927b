import { artifactKind } from '../../parsers/artifact.js';
import type { Session } from '../db/database.js';
import type { Schema } from '../db/schema.js';
import { type Kysely, sql } from '../db/sql.js';
import type { StageScope } from './diff.js';
import { SCOPE_TABLE, stageName } from './stage.js';
import { decisionId, decisions } from './tables/decisions.js';
import { fileName } from './tables/file-name.js';
import { trades } from './tables/trades.js';

const DECISIONS = sql.table(stageName(decisions));
const TRADES = sql.table(stageName(trades));

/**
 * Stages the trades whose decision came or went with this change set, although their own file did not change.
 *
 * A trade names its decision by file name. That is a fact of its own file; whether the decision exists is not, and it
 * is the one thing a row takes from elsewhere.
 */
export async function stageAffectedTrades(session: Session, changedPaths: readonly string[]): Promise<void> {
  const names = changedPaths.filter((path) => artifactKind(path) === 'decision').map(fileName);
  if (names.length === 0) return;
  const links = JSON.stringify(names.map((name) => ({ filename: name, decision_id: decisionId(name) })));
  const columns = Object.keys(trades.columns);
  const values = columns.map((column) =>
    column === 'decision_id' ? sql`k.decision_id` : sql.ref(`l.${column}`),
  );
  await sql`insert into ${TRADES} (${sql.join(columns.map((column) => sql.ref(column)))})
    select ${sql.join(values)}
    from jsonb_to_recordset(${links}::jsonb) as k (filename text, decision_id bigint)
    join maven_trades l on l.decision_filename = k.filename
    where not exists (select 1 from ${sql.table(SCOPE_TABLE)} c where c.git_path = l.git_path)
      and not exists (select 1 from ${TRADES} s where s.id = l.id)`.execute(session.db);
}

/**
 * Takes out the links of staged trades that lead to no decision; verify names them.
 *
 * @param decisionsStaged - false = no decision comes or goes with this change set.
 */
export async function resolveLinks(
  db: Kysely<Schema>,
  scope: StageScope,
  decisionsStaged: boolean,
): Promise<void> {
  const coming = sql`and not exists (select 1 from ${DECISIONS} d where d.id = s.decision_id)`;
  const staying =
    scope === 'all'
      ? sql``
      : sql`and not exists (select 1 from ${sql.table(SCOPE_TABLE)} c where c.git_path = l.git_path)`;
  const standing = sql`and not exists (
    select 1 from maven_decisions l where l.id = s.decision_id ${staying})`;
  const isWhole = scope === 'all' && decisionsStaged;
  await sql`update ${TRADES} s set decision_id = null
    where s.decision_id is not null ${decisionsStaged ? coming : sql``} ${isWhole ? sql`` : standing}`.execute(
    db,
  );
}
