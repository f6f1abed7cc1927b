import type { ProjectedTable } from '../../db/schema.js';
import type { TableDescription } from '../table-description.js';
import { conversations } from './conversations.js';
import { decisions } from './decisions.js';
import { insights } from './insights.js';
import { memory } from './memory.js';
import { metrics } from './metrics.js';
import { problems } from './problems.js';
import { snapshots } from './snapshots.js';
import { trades } from './trades.js';

/** Every projected table, in the order in which it is staged and shown. Problems come last: all others yield some. */
export const PROJECTED_TABLES: readonly TableDescription[] = [
  decisions,
  trades,
  snapshots,
  metrics,
  insights,
  memory,
  conversations,
  problems,
] as readonly TableDescription[];

export function describeTable(table: ProjectedTable): TableDescription {
  const description = PROJECTED_TABLES.find((candidate) => candidate.table === table);
  if (description === undefined) throw new TypeError(`no such projected table: ${table}`);
  return description;
}
