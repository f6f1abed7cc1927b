import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as parsers from '../../parsers/index.js';
import { InvalidRecordError } from '../../parsers/invalid-record-error.js';
import { lineOutline } from '../../parsers/line-outline.js';
import { markdownOutline } from '../../parsers/markdown-outline.js';
import { type Parsed, PROBLEM_CODES } from '../../parsers/problem.js';
import { hostileText, ordinaryText } from '../arbitraries/hostile-text.js';
import { decisionRecord, ledger, snapshotRecord } from '../arbitraries/records.js';

interface Kind<T> {
  readonly parse: (text: string, path: string) => Parsed<T>;
  readonly format: (records: readonly T[]) => string;
}

function kind<T>(parse: Kind<T>['parse'], format: (record: T) => string): Kind<unknown> {
  return {
    parse,
    format: (records) => records.map((record) => format(record as T)).join(''),
  };
}

const KINDS: Readonly<Record<string, Kind<unknown>>> = {
  conversation: kind(parsers.parseConversation, parsers.formatMessage),
  decision: kind(parsers.parseDecision, parsers.formatDecision),
  flows: kind(parsers.parseFlows, parsers.formatFlow),
  identity: kind(parsers.parseIdentity, parsers.formatIdentity),
  insight: kind(parsers.parseInsight, parsers.formatInsight),
  metrics: kind(parsers.parseMetrics, parsers.formatMetrics),
  milestone: kind(parsers.parseMilestone, parsers.formatMilestone),
  persona: kind(parsers.parsePersona, parsers.formatPersona),
  runs: kind(parsers.parseRuns, parsers.formatRun),
  session_log: kind(parsers.parseSessionLog, parsers.formatSessionEvent),
  snapshot: kind(parsers.parseSnapshot, parsers.formatSnapshot),
  state: kind(parsers.parseState, parsers.formatState),
  trades: kind(parsers.parseTrades, parsers.formatTrade),
};

/** Files of a repository with a few characters changed, cut or doubled. */
function damagedFiles(): fc.Arbitrary<string> {
  const root = new URL('../../fixtures/artifacts/', import.meta.url).pathname;
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:md|jsonl|json)$/.test(name) && !name.endsWith('.expected.json'))
    .map((name) => readFileSync(`${root}${name}`, 'utf8').slice(0, 4000));
  return fc
    .tuple(fc.constantFrom(...files), fc.nat(), fc.nat({ max: 40 }), hostileText())
    .map(([file, at, length, text]) => {
      const start = at % (file.length + 1);
      return file.slice(0, start) + text + file.slice(start + length);
    });
}

describe('every parser', () => {
  it.each(Object.entries(KINDS))(
    '%s: reads anything without throwing; what it read can be written',
    (_, one) => {
      const text = fc.oneof(
        { weight: 3, arbitrary: damagedFiles() },
        hostileText(),
        fc.string({ unit: 'binary' }),
      );
      fc.assert(
        fc.property(text, (damaged) => {
          const { records, problems } = one.parse(damaged, '.moha/maven/x/x_20260114_142408.md');
          const lines = damaged.split(/\r\n?|\n/).length;
          for (const { code, line, message } of problems) {
            expect(PROBLEM_CODES).toContain(code);
            expect(line).toBeGreaterThanOrEqual(1);
            expect(line).toBeLessThanOrEqual(lines);
            expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
          }
          for (const { line } of records) expect(line).toBeLessThanOrEqual(lines);
          // What was read once is read the same again from its canonical form: a migration loses nothing more.
          const items = records.map(({ record }) => record);
          const again = one.parse(one.format(items), '.moha/maven/x/x_20260114_142408.md');
          expect(again.records.map(({ record }) => record)).toEqual(items);
        }),
        { numRuns: 300 },
      );
    },
  );

  it('reads CRLF and a byte order mark as if they were not there', () => {
    fc.assert(
      fc.property(decisionRecord(ordinaryText()), ledger(), (decision, trades) => {
        const text = parsers.formatDecision(decision);
        const crlf = `\ufeff${text.replaceAll('\n', '\r\n')}`;
        expect(parsers.parseDecision(crlf, '').records).toEqual(parsers.parseDecision(text, '').records);
        const lines = parsers.formatTrades(trades);
        const path = '.moha/maven/trades/2026/2026-01-14.jsonl';
        expect(parsers.parseTrades(`\ufeff${lines.replaceAll('\n', '\r\n')}`, path).records).toEqual(
          parsers.parseTrades(lines, path).records,
        );
      }),
    );
  });
});

describe('every formatter', () => {
  it('refuses a value out of its form', () => {
    const refused = (write: () => string) => expect(write).toThrow(InvalidRecordError);
    fc.assert(
      fc.property(decisionRecord(), ledger(), snapshotRecord(), (decision, [trade], snapshot) => {
        refused(() => parsers.formatDecision({ ...decision, confidencePct: '101' }));
        refused(() => parsers.formatDecision({ ...decision, confidencePct: 'high' }));
        refused(() => parsers.formatDecision({ ...decision, decidedAt: '2026-01-14' }));
        refused(() => parsers.formatDecision({ ...decision, asset: 'B\nTC' }));
        refused(() => parsers.formatDecision({ ...decision, metadata: '{"a": 1}' }));
        refused(() => parsers.formatDecision({ ...decision, action: 'x'.repeat(1_048_577) }));
        refused(() => parsers.formatSnapshot({ ...snapshot, totalValueUsd: 'NaN' }));
        refused(() => parsers.formatSnapshot({ ...snapshot, totalValueUsd: '-0' }));
        if (trade === undefined) return;
        refused(() => parsers.formatTrade({ ...trade, feesUsd: '1e5' }));
        refused(() => parsers.formatTrade({ ...trade, revision: 0 }));
        refused(() => parsers.formatTrade({ ...trade, side: 'up' as 'long' }));
      }),
      { numRuns: 5 },
    );
  });
});

describe('the two outlines', () => {
  it('find the same headings and code in ordinary texts', () => {
    const block = fc.oneof(
      ordinaryText(),
      fc.constantFrom(
        '## Action',
        '## Metadata ##',
        '### c',
        '```json\n{"a": 1}\n```',
        '~~~\n## x\n~~~',
        '---',
      ),
    );
    fc.assert(
      fc.property(fc.array(block, { maxLength: 8 }), (blocks) => {
        const text = blocks.join('\n\n');
        const structure = (outline: ReturnType<typeof lineOutline>) =>
          outline
            .filter(({ kind: found }) => found !== 'text')
            .map(({ end, ...found }) => ({ ...found, end }));
        expect(structure(lineOutline(text))).toEqual(structure(markdownOutline(text)));
      }),
    );
  });

  it('give one record for a decision that is too long for remark', () => {
    const record = {
      decidedAt: '2026-01-14T14:24:08.000000+00:00',
      decisionType: 'x',
      asset: null,
      riskLevel: null,
      confidencePct: null,
      action: 'Buy.\n\n## Notes\n\n```\n## Reasoning\n```',
      reasoning: 'word '.repeat(5000).trim(),
      metadata: '{"a":1.50}',
    };
    const legacy = `# Decision Record\n\n**Timestamp:** 2026-01-14T14:24:08Z\n**Type:** x\n\n## Action\n\n${record.action}\n\n## Reasoning\n\n${record.reasoning}\n\n## Metadata\n\n\`\`\`json\n{ "a": 1.50 }\n\`\`\`\n`;
    expect(parsers.parseDecision(legacy, '')).toEqual({ records: [{ line: 1, record }], problems: [] });
  });
});
