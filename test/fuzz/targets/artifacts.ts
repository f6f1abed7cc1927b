import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { formatConversation, formatMessage, parseConversation } from '../../../parsers/conversation.js';
import {
  formatDecision,
  parseCanonicalDecision,
  parseDecision,
  parseTolerantDecision,
} from '../../../parsers/decision.js';
import { formatFlow, formatFlows, parseFlows } from '../../../parsers/flows.js';
import { foldFlows } from '../../../parsers/fold-flows.js';
import { foldLedger } from '../../../parsers/fold-ledger.js';
import { formatIdentity, parseIdentity } from '../../../parsers/identity.js';
import {
  formatInsight,
  parseCanonicalInsight,
  parseInsight,
  parseTolerantInsight,
} from '../../../parsers/insight.js';
import {
  formatMetrics,
  parseCanonicalMetrics,
  parseMetrics,
  parseTolerantMetrics,
} from '../../../parsers/metrics.js';
import {
  formatMilestone,
  parseCanonicalMilestone,
  parseMilestone,
  parseTolerantMilestone,
} from '../../../parsers/milestone.js';
import { formatPersona, parsePersona } from '../../../parsers/persona.js';
import { formatRun, parseRuns } from '../../../parsers/runs.js';
import { formatSessionEvent, formatSessionLog, parseSessionLog } from '../../../parsers/session-log.js';
import { formatSnapshot, parseSnapshot } from '../../../parsers/snapshot.js';
import { formatState, parseState } from '../../../parsers/state.js';
import { decodeArtifact } from '../../../parsers/text.js';
import {
  formatTrade,
  formatTrades,
  parseTrades,
  type TradeRevision,
  tradeKey,
} from '../../../parsers/trades.js';
import { parseTranscript } from '../../../parsers/transcript.js';
import { packageRoot } from '../../../src/package-root.js';
import * as records from '../../arbitraries/records.js';
import { type FuzzTarget, must } from '../target.js';
import { checkFormat, checkProblems, type Format, linesOf } from './parsed.js';

const FIXTURES = path.join(packageRoot(), 'fixtures/artifacts');
/** A longer seed is slow to run, and says no more. */
const LONGEST_SEED = 16 * 1024;
const GENERATED_SEEDS = 12;

/** What stands in the fixtures of a kind, whole. */
export function fixturesOf(kind: string): readonly Buffer[] {
  const folder = path.join(FIXTURES, kind);
  return readdirSync(folder)
    .filter((name) => !name.endsWith('.expected.json'))
    .map((name) => readFileSync(path.join(folder, name)))
    .filter(({ length }) => length <= LONGEST_SEED);
}

/** What a formatter writes of generated records: the same at every start. */
export function generated<T>(arbitrary: fc.Arbitrary<T>, format: (value: T) => string): readonly Buffer[] {
  return fc
    .sample(arbitrary, { numRuns: GENERATED_SEEDS, seed: 1 })
    .map((value) => Buffer.from(format(value)));
}

function formatTarget<T>(
  name: string,
  one: Format<T>,
  arbitrary: fc.Arbitrary<readonly T[]>,
  more: (bytes: Buffer) => void = () => undefined,
): FuzzTarget {
  return {
    name,
    extension: path.extname(one.path).slice(1),
    seeds: () => [...(name === 'runs' ? [] : fixturesOf(name)), ...generated(arbitrary, one.format)],
    check: (bytes) => {
      checkFormat(one, bytes);
      more(bytes);
    },
  };
}

const one = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<readonly T[]> =>
  arbitrary.map((record) => [record]);
const each =
  <T>(format: (record: T) => string) =>
  (all: readonly T[]): string =>
    all.map(format).join('');

const TIME = '2026-01-14T14:24:08.034126+00:00';
const GUARD_TRADE: TradeRevision = {
  source: 'guard',
  externalTradeId: 'before',
  revision: 1,
  recordedAt: TIME,
  tradeSource: 'manual',
  sourceBotId: null,
  asset: 'BTC',
  side: 'long',
  positionAction: 'open',
  entryPrice: '43250.50',
  exitPrice: null,
  sizeUsd: '100',
  sizeAsset: '0.0023',
  leverage: null,
  realizedPnlUsd: null,
  unrealizedPnlUsd: null,
  feesUsd: null,
  status: 'open',
  closeReason: null,
  openedAt: TIME,
  closedAt: null,
  decision: null,
  metadata: null,
};
const GUARD_EVENT = { occurredAt: TIME, eventType: 'GUARD', text: 'Stays.', metadata: '{"k":1}' };
const GUARD_FLOW = {
  source: 'guard',
  externalFlowId: 'before',
  occurredAt: TIME,
  recordedAt: TIME,
  flowType: 'deposit',
  classification: 'external',
  amountUsd: '100.00',
  asset: null,
  amountAsset: null,
  metadata: null,
} as const;
const GUARD_MESSAGE = {
  conversationId: 'guard',
  messageIndex: 0,
  role: 'user',
  content: 'Stays.',
  sentAt: null,
  metadata: null,
};
const GUARD_RUN = { job: 'guard', startedAt: TIME, recordedAt: TIME, records: 1, summary: 'before' };

const LEDGER = '.moha/maven/trades/2026/2026-01-14.jsonl';
const FLOWS = '.moha/maven/flows/2026/2026-01.jsonl';

/** A trade has one state, whatever its lines say; whoever else stands in the file has his own. */
function checkFold(bytes: Buffer): void {
  const { text } = decodeArtifact(bytes, LEDGER);
  const { records: revisions } = parseTrades(text, LEDGER);
  const folded = foldLedger(revisions, LEDGER);
  checkProblems(folded.problems, LEDGER, linesOf(text));
  const keys = new Set(revisions.map(({ record }) => tradeKey(record)));
  must(folded.trades.length === keys.size, `${keys.size} trades, ${folded.trades.length} after the fold`);
}

function checkFlowFold(bytes: Buffer): void {
  const { text } = decodeArtifact(bytes, FLOWS);
  const flows = parseFlows(text, FLOWS).records.map(({ record }) => record);
  for (const flow of foldFlows(flows)) must(flows.includes(flow.recorded), 'a flow that nobody recorded');
}

/** A transcript becomes a conversation that reads back as it is. */
function checkTranscript(bytes: Buffer): void {
  const name = 'session.jsonl';
  const { text } = decodeArtifact(bytes, name);
  const parsed = parseTranscript(text, name);
  checkProblems(parsed.problems, name, linesOf(text));
  const messages = parsed.records.map(({ record }) => record);
  const written = formatConversation(messages);
  const again = parseConversation(written, `${parsed.conversationId}.jsonl`);
  const fault = again.problems.find(({ code }) => code !== 'UNSTORABLE_CHARACTER');
  must(fault === undefined, `a conversation of a transcript has ${fault?.message}`);
  must(
    formatConversation(again.records.map(({ record }) => record)) === written,
    'a message is read otherwise',
  );
}

/** Every kind of artifact, through bytes. */
export const ARTIFACT_TARGETS: readonly FuzzTarget[] = [
  formatTarget(
    'decision',
    {
      path: '.moha/maven/decisions/decision_20260114_142408.md',
      parse: parseDecision,
      format: each(formatDecision),
      readers: { fast: parseCanonicalDecision, full: parseTolerantDecision },
    },
    one(records.decisionRecord()),
  ),
  formatTarget(
    'session_log',
    {
      path: '.moha/maven/session_log.md',
      parse: parseSessionLog,
      format: formatSessionLog,
      guards: {
        before: GUARD_EVENT,
        after: { ...GUARD_EVENT, text: 'Stays too.' },
        start: `## [${TIME}] START\n\n`,
        append: (event) => `\n${formatSessionEvent(event)}\n`,
      },
    },
    records.sessionEvents(),
  ),
  formatTarget(
    'milestone',
    {
      path: '.moha/maven/milestones/milestone_20260114_142408_first.md',
      parse: parseMilestone,
      format: each(formatMilestone),
      readers: { fast: parseCanonicalMilestone, full: parseTolerantMilestone },
    },
    one(records.milestoneRecord()),
  ),
  formatTarget(
    'insight',
    {
      path: '.moha/maven/insights/insight_20260114_142408.md',
      parse: parseInsight,
      format: each(formatInsight),
      readers: { fast: parseCanonicalInsight, full: parseTolerantInsight },
    },
    one(records.insightRecord()),
  ),
  formatTarget(
    'metrics',
    {
      path: '.moha/maven/metrics/day/2026-01-14.md',
      parse: parseMetrics,
      format: each(formatMetrics),
      readers: { fast: parseCanonicalMetrics, full: parseTolerantMetrics },
    },
    one(records.metricsRecord()),
  ),
  formatTarget(
    'persona',
    { path: '.moha/maven/personas/maven.md', parse: parsePersona, format: each(formatPersona) },
    one(records.personaRecord()),
  ),
  formatTarget(
    'identity',
    { path: '.moha/maven/identity.json', parse: parseIdentity, format: each(formatIdentity) },
    one(records.identityRecord()),
  ),
  formatTarget(
    'state',
    { path: '.moha/maven/state/moha.json', parse: parseState, format: each(formatState) },
    one(records.stateRecord()),
  ),
  formatTarget(
    'snapshot',
    {
      path: '.moha/maven/snapshots/2026/01/snapshot_20260114T142408Z.json',
      parse: parseSnapshot,
      format: each(formatSnapshot),
    },
    one(records.snapshotRecord()),
  ),
  formatTarget(
    'trades',
    {
      path: LEDGER,
      parse: parseTrades,
      format: formatTrades,
      lines: true,
      guards: {
        before: GUARD_TRADE,
        after: { ...GUARD_TRADE, externalTradeId: 'after' },
        append: formatTrade,
      },
    },
    records.ledger(),
    checkFold,
  ),
  formatTarget(
    'flows',
    {
      path: FLOWS,
      parse: parseFlows,
      format: formatFlows,
      lines: true,
      guards: { before: GUARD_FLOW, after: { ...GUARD_FLOW, externalFlowId: 'after' }, append: formatFlow },
    },
    records.flows(),
    checkFlowFold,
  ),
  formatTarget(
    'conversation',
    {
      path: '.moha/maven/conversations/session-1.jsonl',
      parse: parseConversation,
      format: formatConversation,
      lines: true,
      guards: { before: GUARD_MESSAGE, after: { ...GUARD_MESSAGE, messageIndex: 1 }, append: formatMessage },
    },
    records.conversation(),
  ),
  formatTarget(
    'runs',
    {
      path: '.moha/maven/runs/2026/2026-01-14.jsonl',
      parse: parseRuns,
      format: each(formatRun),
      lines: true,
      guards: { before: GUARD_RUN, after: { ...GUARD_RUN, job: 'guard 2' }, append: formatRun },
    },
    records.runs(),
  ),
  {
    name: 'transcript',
    extension: 'jsonl',
    seeds: () => [...fixturesOf('transcript'), ...generated(records.conversation(), formatConversation)],
    check: checkTranscript,
  },
];
