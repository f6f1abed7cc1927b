import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatConversation, parseConversation } from '../../parsers/conversation.js';
import {
  formatDecision,
  parseCanonicalDecision,
  parseDecision,
  parseTolerantDecision,
} from '../../parsers/decision.js';
import { formatFlows, parseFlows } from '../../parsers/flows.js';
import { formatIdentity, parseIdentity } from '../../parsers/identity.js';
import {
  formatInsight,
  parseCanonicalInsight,
  parseInsight,
  parseTolerantInsight,
} from '../../parsers/insight.js';
import {
  formatMetrics,
  parseCanonicalMetrics,
  parseMetrics,
  parseTolerantMetrics,
} from '../../parsers/metrics.js';
import {
  formatMilestone,
  parseCanonicalMilestone,
  parseMilestone,
  parseTolerantMilestone,
} from '../../parsers/milestone.js';
import { formatPersona, parsePersona } from '../../parsers/persona.js';
import type { Parsed } from '../../parsers/problem.js';
import { formatRun, parseRuns } from '../../parsers/runs.js';
import { appendEvent, formatSessionLog, parseSessionLog } from '../../parsers/session-log.js';
import { formatSnapshot, parseSnapshot } from '../../parsers/snapshot.js';
import { formatState, parseState } from '../../parsers/state.js';
import { decodeArtifact } from '../../parsers/text.js';
import { formatTrades, parseTrades } from '../../parsers/trades.js';
import { ordinaryText } from '../arbitraries/hostile-text.js';
import * as records from '../arbitraries/records.js';

const LEDGER = '.moha/maven/trades/2026/2026-01-14.jsonl';
const DECISION = '.moha/maven/decisions/decision_20260114_142408.md';

interface Pair<T> {
  readonly name: string;
  readonly arbitrary: fc.Arbitrary<readonly T[]>;
  readonly format: (items: readonly T[]) => string;
  readonly parse: (text: string) => Parsed<T>;
  readonly runs?: number;
}

function one<T>(
  name: string,
  arbitrary: fc.Arbitrary<T>,
  format: (record: T) => string,
  parse: (text: string, path: string) => Parsed<T>,
  path: string,
): Pair<T> {
  return {
    name,
    arbitrary: arbitrary.map((record) => [record]),
    format: ([record]) => format(record as T),
    parse: (text) => parse(text, path),
  };
}

function many<T>(
  name: string,
  arbitrary: fc.Arbitrary<readonly T[]>,
  format: (items: readonly T[]) => string,
  parse: (text: string, path: string) => Parsed<T>,
  path: string,
): Pair<T> {
  return { name, arbitrary, format, parse: (text) => parse(text, path) };
}

function checkLaw<T>({ name, arbitrary, format, parse }: Pair<T>, numRuns = 400): void {
  it(`${name}: parse(format(x)) = x and format(parse(text)) = text, through bytes`, () => {
    fc.assert(
      fc.property(arbitrary, (items) => {
        const text = format(items);
        const decoded = decodeArtifact(new TextEncoder().encode(text), '.moha/maven/x');
        expect(decoded).toEqual({ text, problems: [] });
        const parsed = parse(decoded.text);
        expect(parsed.records.map(({ record }) => record)).toEqual(items);
        expect(parsed.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
        expect(format(parsed.records.map(({ record }) => record))).toBe(text);
      }),
      { numRuns },
    );
  });
}

describe('law 1', () => {
  checkLaw(one('decision', records.decisionRecord(), formatDecision, parseDecision, DECISION), 2000);
  checkLaw(
    one(
      'decision by its markdown',
      records.decisionRecord(),
      formatDecision,
      parseTolerantDecision,
      DECISION,
    ),
  );
  checkLaw(
    many('session log', records.sessionEvents(), formatSessionLog, parseSessionLog, 'session_log.md'),
    1000,
  );
  checkLaw(one('milestone', records.milestoneRecord(), formatMilestone, parseMilestone, 'm.md'));
  checkLaw(
    one('milestone by YAML', records.milestoneRecord(), formatMilestone, parseTolerantMilestone, 'm.md'),
  );
  checkLaw(one('insight', records.insightRecord(), formatInsight, parseInsight, 'i.md'));
  checkLaw(one('insight by YAML', records.insightRecord(), formatInsight, parseTolerantInsight, 'i.md'));
  checkLaw(one('metrics', records.metricsRecord(), formatMetrics, parseMetrics, 'metrics/day/2026-01-14.md'));
  checkLaw(
    one(
      'metrics by YAML',
      records.metricsRecord(),
      formatMetrics,
      parseTolerantMetrics,
      'metrics/day/2026-01-14.md',
    ),
    100,
  );
  checkLaw(one('persona', records.personaRecord(), formatPersona, parsePersona, 'p.md'));
  checkLaw(one('identity', records.identityRecord(), formatIdentity, parseIdentity, 'identity.json'));
  checkLaw(one('state', records.stateRecord(), formatState, parseState, 'state/moha.json'));
  checkLaw(one('snapshot', records.snapshotRecord(), formatSnapshot, parseSnapshot, 's.json'));
  checkLaw(many('trades', records.ledger(), formatTrades, parseTrades, LEDGER));
  checkLaw(many('flows', records.flows(), formatFlows, parseFlows, 'flows/2026/2026-01.jsonl'));
  checkLaw(
    many(
      'runs',
      records.runs(),
      (all) => all.map(formatRun).join(''),
      parseRuns,
      'runs/2026/2026-01-14.jsonl',
    ),
  );
  checkLaw(
    many('conversation', records.conversation(), formatConversation, parseConversation, 'session-1.jsonl'),
  );
});

describe('the canonical readers', () => {
  it('read everything that the formatters write', () => {
    const canonical = <T>(
      arbitrary: fc.Arbitrary<T>,
      format: (x: T) => string,
      parse: (t: string) => unknown,
    ) => fc.assert(fc.property(arbitrary, (record) => parse(format(record)) !== null));
    canonical(records.decisionRecord(), formatDecision, (text) => parseCanonicalDecision(text, ''));
    canonical(records.milestoneRecord(), formatMilestone, (text) => parseCanonicalMilestone(text, ''));
    canonical(records.insightRecord(), formatInsight, (text) => parseCanonicalInsight(text, ''));
    canonical(records.metricsRecord(), formatMetrics, (text) => parseCanonicalMetrics(text, ''));
  });

  it('give the record that markdown and YAML give, whatever is spaced otherwise', () => {
    fc.assert(
      fc.property(records.decisionRecord(ordinaryText()), (record) => {
        const spaced = formatDecision(record)
          .replaceAll('\n## ', '\n\n\n## ')
          .replace('\n---\n', '\n\n***\n\n');
        expect(parseCanonicalDecision(spaced, DECISION)).toBeNull();
        expect(parseDecision(spaced, DECISION).records).toEqual([{ line: 1, record }]);
      }),
    );
  });
});

describe('a decision of an older program', () => {
  it('is read at full speed and as by its markdown, however its metadata is spaced', () => {
    fc.assert(
      fc.property(records.decisionRecord(), fc.constantFrom('\t', '    ', ' '), (record, indent) => {
        fc.pre(record.metadata !== null && JSON.stringify(JSON.parse(record.metadata)) === record.metadata);
        const spaced = JSON.stringify(JSON.parse(record.metadata ?? ''), null, indent);
        const written = formatDecision(record);
        const start = written.lastIndexOf('\n```json\n') + '\n```json\n'.length;
        const end = written.lastIndexOf('\n```\n\n---\n');
        const text = written.slice(0, start) + spaced + written.slice(end);
        expect(parseCanonicalDecision(text, DECISION)?.records).toEqual([{ line: 1, record }]);
        expect(parseTolerantDecision(text, DECISION).records).toEqual([{ line: 1, record }]);
      }),
    );
  });
});

describe('appending', () => {
  it('keeps every byte that stands there, and adds one event', () => {
    fc.assert(
      fc.property(records.sessionEvents(), records.sessionEvent(), (events, event) => {
        const log = formatSessionLog(events);
        const appended = appendEvent(log, event);
        expect(appended.startsWith(log)).toBe(true);
        expect(appended).toBe(formatSessionLog([...events, event]));
      }),
    );
  });

  it('adds one event to a log of any form', () => {
    fc.assert(
      fc.property(ordinaryText(), records.sessionEvent(), (legacy, event) => {
        const log = `# Log\n\n## [2026-01-14T14:25:13.963853+00:00] OLD\n\n${legacy}`;
        const before = parseSessionLog(log, 'session_log.md').records;
        const after = parseSessionLog(appendEvent(log, event), 'session_log.md').records;
        expect(after.slice(0, -1)).toEqual(before);
        expect(after.at(-1)?.record).toEqual(event);
      }),
    );
  });
});
