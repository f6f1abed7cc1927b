import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatConversation } from '../../parsers/conversation.js';
import { formatFlows, parseFlows } from '../../parsers/flows.js';
import { foldLedger } from '../../parsers/fold-ledger.js';
import { type MergeKind, mergeRecords } from '../../parsers/merge-records.js';
import {
  appendEvent,
  formatSessionEvent,
  formatSessionLog,
  parseSessionLog,
  type SessionEvent,
} from '../../parsers/session-log.js';
import { formatTrade, formatTrades, parseTrades, type TradeRevision } from '../../parsers/trades.js';
import { conversation, flowRecord, ledger, sessionEvents, tradeRevision } from '../arbitraries/records.js';

const LEDGER = '.moha/maven/trades/2026/2026-01-14.jsonl';

const trade = (changes: Partial<TradeRevision>): TradeRevision => ({
  source: 'moha',
  externalTradeId: '1',
  revision: 1,
  recordedAt: '2026-01-14T10:00:00.000000+00:00',
  tradeSource: 'worker_bot',
  sourceBotId: null,
  asset: 'BTC',
  side: 'long',
  positionAction: 'open',
  entryPrice: '100',
  exitPrice: null,
  sizeUsd: '10',
  sizeAsset: '0.1',
  leverage: null,
  realizedPnlUsd: null,
  unrealizedPnlUsd: null,
  feesUsd: null,
  status: 'open',
  closeReason: null,
  openedAt: '2026-01-14T09:00:00.000000+00:00',
  closedAt: null,
  decision: null,
  metadata: null,
  ...changes,
});

const event = (changes: Partial<SessionEvent>): SessionEvent => ({
  occurredAt: '2026-01-14T10:00:00.000000+00:00',
  eventType: 'NOTE',
  text: 'text',
  metadata: null,
  ...changes,
});

describe('merging a ledger', () => {
  const base = formatTrade(trade({}));

  it('keeps additions of both sides, ours first', () => {
    const ours = formatTrade(trade({ externalTradeId: '2' }));
    const theirs = formatTrade(trade({ externalTradeId: '3' }));
    expect(mergeRecords('trades', base, base + ours, base + theirs)).toEqual({
      text: base + ours + theirs,
      conflicts: [],
    });
  });

  it('keeps an addition of both sides once, even recorded at two times', () => {
    const ours = formatTrade(trade({ revision: 2, status: 'closed' }));
    const theirs = formatTrade(
      trade({ revision: 2, status: 'closed', recordedAt: '2026-01-14T12:00:00.000000+00:00' }),
    );
    expect(mergeRecords('trades', base, base + ours, base + theirs)).toEqual({
      text: base + ours,
      conflicts: [],
    });
  });

  it('makes a conflict of one revision with two contents', () => {
    const ours = formatTrade(trade({ revision: 2, realizedPnlUsd: '1' }));
    const theirs = formatTrade(trade({ revision: 2, realizedPnlUsd: '2' }));
    const merged = mergeRecords('trades', base, base + ours, base + theirs);
    expect(merged.conflicts).toEqual(["'moha/1#2': added on both sides with different content"]);
    expect(merged.text).toBe(`${base}<<<<<<< ours\n${ours}=======\n${theirs}>>>>>>> theirs\n`);
  });

  it('makes a conflict of a line that one side took back or changed', () => {
    const changed = formatTrade(trade({ entryPrice: '101' }));
    for (const [ours, theirs] of [
      [base, ''],
      ['', base],
      [base, changed],
      [changed, base],
    ] as const) {
      const added = formatTrade(trade({ externalTradeId: '9' }));
      const merged = mergeRecords('trades', base, ours, theirs + added);
      expect(merged.conflicts).toHaveLength(1);
      expect(merged.text).toContain('<<<<<<< ours\n');
      expect(merged.text).toContain(added);
    }
  });

  it('does not glue two records over a missing final newline, and keeps lines it cannot read', () => {
    const ours = `${base}half a li`;
    const theirs = base + formatTrade(trade({ externalTradeId: '3' }));
    const merged = mergeRecords('trades', base, ours, theirs);
    expect(merged).toEqual({
      text: `${ours}\n${formatTrade(trade({ externalTradeId: '3' }))}`,
      conflicts: [],
    });
  });

  it('unions any two continuations of one ledger', () => {
    const continuations = fc
      .uniqueArray(tradeRevision(), {
        maxLength: 9,
        selector: (one) => `${one.source}/${one.externalTradeId}#${one.revision}`,
      })
      .chain((all) => fc.tuple(fc.constant(all), fc.nat({ max: all.length }), fc.nat({ max: all.length })));
    fc.assert(
      fc.property(continuations, ([all, first, second]) => {
        const [low, high] = [Math.min(first, second), Math.max(first, second)];
        const common = formatTrades(all.slice(0, low));
        const ours = common + formatTrades(all.slice(low, high));
        const theirs = common + formatTrades(all.slice(high));
        const { text, conflicts } = mergeRecords('trades', common, ours, theirs);
        expect(conflicts).toEqual([]);
        expect(text.startsWith(ours)).toBe(true);
        expect(parseTrades(text, LEDGER).records.map(({ record }) => record)).toEqual(all);
        expect(mergeRecords('trades', common, ours, text)).toEqual({ text, conflicts: [] });
        expect(foldOf(mergeRecords('trades', common, theirs, ours).text)).toEqual(foldOf(text));
      }),
    );
  });
});

function foldOf(text: string): unknown {
  const { trades } = foldLedger(parseTrades(text, LEDGER).records, LEDGER);
  return new Map(trades.map(({ key, record }) => [key, record]));
}

describe('merging a session log', () => {
  const base = formatSessionLog([event({})]);
  const at = (hour: string): string => `2026-01-14T${hour}:00:00.000000+00:00`;

  it('keeps additions of both sides in order of time', () => {
    const ours = appendEvent(base, event({ occurredAt: at('12'), text: 'ours' }));
    const theirs = appendEvent(base, event({ occurredAt: at('11'), text: 'theirs' }));
    const merged = mergeRecords('session_log', base, ours, theirs);
    expect(merged.conflicts).toEqual([]);
    const texts = parseSessionLog(merged.text, 'session_log.md').records.map(({ record }) => record.text);
    expect(texts).toEqual(['text', 'theirs', 'ours']);
    expect(mergeRecords('session_log', base, theirs, ours)).toEqual(merged);
  });

  it('keeps two events of one time and type', () => {
    const ours = appendEvent(base, event({ occurredAt: at('12'), text: 'ours' }));
    const theirs = appendEvent(base, event({ occurredAt: at('12'), text: 'theirs' }));
    const { text, conflicts } = mergeRecords('session_log', base, ours, theirs);
    expect(conflicts).toEqual([]);
    expect(parseSessionLog(text, 'session_log.md').records).toHaveLength(3);
  });

  it('takes an archive that one side made while the other went on', () => {
    const archived = `# Session Log\n\n## Archive of January\n\n- one note\n\n`;
    const theirs = appendEvent(base, event({ occurredAt: at('12'), text: 'new' }));
    const { text, conflicts } = mergeRecords('session_log', base, archived, theirs);
    expect(conflicts).toEqual([]);
    expect(text).toBe(archived + formatSessionEvent(event({ occurredAt: at('12'), text: 'new' })));
    expect(mergeRecords('session_log', base, theirs, archived).text).toBe(text);
  });

  it('takes an edit of one side, and makes a conflict of two', () => {
    const ours = formatSessionLog([event({ text: 'edited' })]);
    expect(mergeRecords('session_log', base, ours, base)).toEqual({ text: ours, conflicts: [] });
    expect(mergeRecords('session_log', base, base, ours)).toEqual({ text: ours, conflicts: [] });
    const both = mergeRecords('session_log', base, ours, formatSessionLog([event({ text: 'otherwise' })]));
    expect(both.conflicts).toHaveLength(1);
    expect(both.text).toContain('<<<<<<< ours\n');
    expect(both.text).toContain('edited');
    expect(both.text).toContain('otherwise');
  });

  it('makes a conflict of two preambles', () => {
    const { conflicts } = mergeRecords('session_log', base, `A\n${base}`, `B\n${base}`);
    expect(conflicts).toEqual(['the part before the first record: changed on both sides']);
  });

  it('loses no event of any two continuations', () => {
    fc.assert(
      fc.property(sessionEvents(), sessionEvents(), sessionEvents(), (common, mine, others) => {
        const before = formatSessionLog(common);
        const ours = formatSessionLog([...common, ...mine]);
        const theirs = formatSessionLog([...common, ...others]);
        const { text, conflicts } = mergeRecords('session_log', before, ours, theirs);
        expect(conflicts).toEqual([]);
        const found = parseSessionLog(text, 'session_log.md').records.map(({ record }) =>
          formatSessionEvent(record),
        );
        const expected = [...common, ...mine, ...others].map(formatSessionEvent);
        expect(new Set(found)).toEqual(new Set(expected));
      }),
    );
  });
});

describe('merging anything', () => {
  const texts: Readonly<Record<MergeKind, fc.Arbitrary<string>>> = {
    trades: ledger().map(formatTrades),
    flows: fc.array(flowRecord(), { maxLength: 4 }).map(formatFlows),
    conversation: conversation().map(formatConversation),
    session_log: sessionEvents().map(formatSessionLog),
  };

  it.each(Object.entries(texts))(
    '%s: the sides that did not change give way, equal ones stay',
    (kind, text) => {
      fc.assert(
        fc.property(text, text, (before, after) => {
          const merge = (ours: string, theirs: string) =>
            mergeRecords(kind as MergeKind, before, ours, theirs);
          expect(merge(after, after)).toEqual({ text: after, conflicts: [] });
          expect(merge(before, before)).toEqual({ text: before, conflicts: [] });
          const continued = before + after;
          const clean = merge(continued, before);
          if (clean.conflicts.length === 0 && kind !== 'session_log') expect(clean.text).toBe(continued);
        }),
      );
    },
  );

  it.each(Object.keys(texts) as MergeKind[])('%s: never throws', (kind) => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), fc.string(), (base, ours, theirs) => {
        expect(typeof mergeRecords(kind, base, ours, theirs).text).toBe('string');
      }),
    );
  });

  it('flows: an addition of each side', () => {
    fc.assert(
      fc.property(flowRecord(), flowRecord(), (mine, others) => {
        fc.pre(mine.externalFlowId !== others.externalFlowId);
        const { text } = mergeRecords('flows', '', formatFlows([mine]), formatFlows([others]));
        expect(parseFlows(text, 'flows/2026/2026-01.jsonl').records.map(({ record }) => record)).toEqual([
          mine,
          others,
        ]);
      }),
    );
  });
});
