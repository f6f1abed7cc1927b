import type { ArtifactKind } from '../../parsers/artifact.js';
import type { Located, Parsed, Problem } from '../../parsers/problem.js';
import type { ProjectedTable } from '../db/schema.js';
import type { ProjectedRow } from './table-description.js';

/** What one artifact implies: rows of its kind's table, and what is wrong with it. */
export interface ArtifactRows {
  readonly rows: readonly ProjectedRow[];
  readonly problems: readonly Problem[];
}

/** `rows = f(path, text)`: nothing else may decide. */
export type Projector = (text: string, path: string) => ArtifactRows;

/** The table that a kind's rows go to; null for kinds that are only checked. */
export const TABLE_OF_KIND: Readonly<Record<ArtifactKind, Exclude<ProjectedTable, 'maven_problems'> | null>> =
  {
    decision: 'maven_decisions',
    trades: 'maven_trades',
    snapshot: 'maven_portfolio_snapshots',
    metrics: 'maven_performance_metrics',
    insight: 'maven_insights',
    session_log: 'maven_memory',
    milestone: 'maven_memory',
    runs: 'maven_memory',
    conversation: 'maven_conversations',
    identity: null,
    infrastructure: null,
    persona: null,
    flows: null,
    state: null,
  };

/** Loads the parser and the mapping of a kind; only the kinds that are needed cost their imports. */
export function loadProjector(kind: ArtifactKind): Promise<Projector> {
  return PROJECTORS[kind]();
}

const PROJECTORS: Readonly<Record<ArtifactKind, () => Promise<Projector>>> = {
  decision: async () => {
    const { parseDecision } = await import('../../parsers/decision.js');
    const { decisionRow } = await import('./tables/decisions.js');
    return eachRecord(parseDecision, decisionRow);
  },
  trades: async () => {
    const { parseTrades } = await import('../../parsers/trades.js');
    const { foldLedger } = await import('../../parsers/fold-ledger.js');
    const { tradeRow } = await import('./tables/trades.js');
    return (text, path) => {
      const parsed = parseTrades(text, path);
      const folded = foldLedger(parsed.records, path);
      return {
        rows: folded.trades.map((trade) => tradeRow(trade, path)),
        problems: [...parsed.problems, ...folded.problems],
      };
    };
  },
  snapshot: async () => {
    const { parseSnapshot } = await import('../../parsers/snapshot.js');
    const { snapshotRow } = await import('./tables/snapshots.js');
    return eachRecord(parseSnapshot, snapshotRow);
  },
  metrics: async () => {
    const { parseMetrics } = await import('../../parsers/metrics.js');
    const { metricsRow } = await import('./tables/metrics.js');
    return eachRecord(parseMetrics, metricsRow);
  },
  insight: async () => {
    const { parseInsight } = await import('../../parsers/insight.js');
    const { insightRow } = await import('./tables/insights.js');
    return eachRecord(parseInsight, insightRow);
  },
  session_log: async () => {
    const { eventOrdinals, parseSessionLog } = await import('../../parsers/session-log.js');
    const { eventRow } = await import('./tables/memory.js');
    return (text, path) => {
      const { records, problems } = parseSessionLog(text, path);
      const ordinals = eventOrdinals(records.map((located) => located.record));
      return { rows: records.map((located, i) => eventRow(located, ordinals[i] ?? 0, path)), problems };
    };
  },
  milestone: async () => {
    const { parseMilestone } = await import('../../parsers/milestone.js');
    const { milestoneRow } = await import('./tables/memory.js');
    return eachRecord(parseMilestone, milestoneRow);
  },
  runs: async () => {
    const { parseRuns } = await import('../../parsers/runs.js');
    const { runRow } = await import('./tables/memory.js');
    return eachRecord(parseRuns, runRow);
  },
  conversation: async () => {
    const { parseConversation } = await import('../../parsers/conversation.js');
    const { messageRow } = await import('./tables/conversations.js');
    return eachRecord(parseConversation, messageRow);
  },
  identity: async () => checked((await import('../../parsers/identity.js')).parseIdentity),
  infrastructure: async () => checked((await import('../../parsers/identity.js')).parseIdentity),
  persona: async () => checked((await import('../../parsers/persona.js')).parsePersona),
  flows: async () => checked((await import('../../parsers/flows.js')).parseFlows),
  state: async () => checked((await import('../../parsers/state.js')).parseState),
};

type Parse<R> = (text: string, path: string) => Parsed<R>;

function eachRecord<R>(parse: Parse<R>, row: (located: Located<R>, path: string) => ProjectedRow): Projector {
  return (text, path) => {
    const { records, problems } = parse(text, path);
    return { rows: records.map((located) => row(located, path)), problems };
  };
}

/** For kinds without a table: parsed, so that their faults are known. */
function checked<R>(parse: Parse<R>): Projector {
  return (text, path) => ({ rows: [], problems: parse(text, path).problems });
}
