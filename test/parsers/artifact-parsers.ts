import type { ArtifactKind } from '../../parsers/index.js';
import * as parsers from '../../parsers/index.js';
import type { Parsed } from '../../parsers/problem.js';

type Parser = (text: string, path: string) => Parsed<unknown>;

/** What reads an artifact of each kind. */
export const ARTIFACT_PARSERS: Readonly<Record<ArtifactKind, Parser>> = {
  conversation: parsers.parseConversation,
  decision: parsers.parseDecision,
  flows: parsers.parseFlows,
  identity: parsers.parseIdentity,
  infrastructure: parsers.parseIdentity,
  insight: parsers.parseInsight,
  metrics: parsers.parseMetrics,
  milestone: parsers.parseMilestone,
  persona: parsers.parsePersona,
  runs: parsers.parseRuns,
  session_log: parsers.parseSessionLog,
  snapshot: parsers.parseSnapshot,
  state: parsers.parseState,
  trades: parsers.parseTrades,
};

/** The same, and what reads a transcript that becomes an artifact. */
export const PARSERS: Readonly<Record<string, Parser>> = {
  ...ARTIFACT_PARSERS,
  transcript: parsers.parseTranscript,
};
