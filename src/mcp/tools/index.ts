import { createMilestone } from './create-milestone.js';
import { getStats } from './get-stats.js';
import { history } from './history.js';
import { listDecisions } from './list-decisions.js';
import { listTrades } from './list-trades.js';
import { logEvent } from './log-event.js';
import { performance } from './performance.js';
import { pnl } from './pnl.js';
import { recordDecision } from './record-decision.js';
import { recordInsight } from './record-insight.js';
import { searchMemory } from './search-memory.js';
import { syncFromGit } from './sync-from-git.js';
import type { ServedTool } from './tool.js';
import { updateIdentity } from './update-identity.js';
import { verify } from './verify.js';
import { winRate } from './win-rate.js';

/** Every tool, in the order in which they are listed. */
export const TOOLS: readonly ServedTool[] = [
  pnl,
  winRate,
  performance,
  listTrades,
  listDecisions,
  searchMemory,
  history,
  getStats,
  verify,
  recordDecision,
  logEvent,
  recordInsight,
  createMilestone,
  updateIdentity,
  syncFromGit,
];

/** What is served: with `--read-only` nothing that writes, to git or to the database. */
export function toolsFor(readOnly: boolean): readonly ServedTool[] {
  return readOnly ? TOOLS.filter(({ effect }) => effect === 'reads') : TOOLS;
}
