/**
 * The artifact formats: text to typed record and back, pure. The package's export `maven-git/parsers`.
 *
 * Whoever counts milliseconds imports one module instead: `decision`, `milestone`, `insight` and `metrics` bring a
 * markdown or YAML parser along, their `canonical-` modules and all others do not.
 *
 * @see parsers/FORMATS.md
 */
export { ARTIFACTS_ROOT, type ArtifactKind, artifactKind, isIgnoredPath } from './artifact.js';
export {
  type ConversationMessage,
  formatConversation,
  formatMessage,
  parseConversation,
} from './conversation.js';
export { isCanonicalDecimal, readDecimal } from './decimal.js';
export {
  addDecimals,
  compareDecimals,
  divideDecimals,
  multiplyDecimals,
  negateDecimal,
  roundDecimal,
  signOfDecimal,
  subtractDecimals,
  sumDecimals,
} from './decimal-arithmetic.js';
export { type DecisionRecord, formatDecision, parseCanonicalDecision, parseDecision } from './decision.js';
export {
  type FlowClassification,
  type FlowRecord,
  flowKey,
  formatFlow,
  formatFlows,
  parseFlows,
} from './flows.js';
export { type FoldedLedger, type FoldedTrade, foldLedger } from './fold-ledger.js';
export { formatIdentity, type IdentityRecord, parseIdentity } from './identity.js';
export { formatInsight, type InsightRecord, parseCanonicalInsight, parseInsight } from './insight.js';
export { InvalidRecordError } from './invalid-record-error.js';
export { isJsonText, type JsonText, prettyJson, readJsonObject } from './json-text.js';
export { incrementCounter, mergeJson } from './merge-json.js';
export { type MergedRecords, type MergeKind, mergeRecords } from './merge-records.js';
export {
  type ConfidenceBucket,
  type EquityBasis,
  formatMetrics,
  type GroupPerformance,
  type MetricsDetail,
  type MetricsPeriod,
  type MetricsRecord,
  type NotCounted,
  parseCanonicalMetrics,
  parseMetrics,
} from './metrics.js';
export {
  formatMilestone,
  type MilestoneRecord,
  parseCanonicalMilestone,
  parseMilestone,
} from './milestone.js';
export {
  conversationPath,
  decisionPath,
  flowsPath,
  insightPath,
  metricsPath,
  milestonePath,
  personaPath,
  runsPath,
  slug,
  snapshotPath,
  statePath,
  tradesPath,
} from './paths.js';
export { formatPersona, type PersonaRecord, parsePersona } from './persona.js';
export {
  type Located,
  type Parsed,
  PROBLEM_CODES,
  type Problem,
  type ProblemCode,
  type Severity,
} from './problem.js';
export { formatRun, parseRuns, type RunRecord } from './runs.js';
export {
  appendEvent,
  eventOrdinals,
  formatSessionEvent,
  formatSessionLog,
  parseSessionLog,
  type SessionEvent,
} from './session-log.js';
export { isShortText, storableText } from './short-text.js';
export {
  formatSnapshot,
  type PnlWindow,
  parseSnapshot,
  type SnapshotPnl,
  type SnapshotPosition,
  type SnapshotRecord,
  type SnapshotType,
} from './snapshot.js';
export { formatState, parseState, type StateRecord } from './state.js';
export { type DecodedArtifact, decodeArtifact, MAX_BYTES } from './text.js';
export { isCanonicalTime, readTime, type TimeReading } from './time.js';
export {
  formatTrade,
  formatTrades,
  type PositionAction,
  parseTrades,
  type TradeRevision,
  type TradeSide,
  type TradeStatus,
  tradeKey,
} from './trades.js';
export { type ParsedTranscript, parseTranscript } from './transcript.js';
