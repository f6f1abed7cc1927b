import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatConversation } from '../../parsers/conversation.js';
import { formatFlows, parseFlows } from '../../parsers/flows.js';
import { foldLedger } from '../../parsers/fold-ledger.js';
import { type MergeKind, mergeRecords } from '../../parsers/merge-records.js';
import { formatRun } from '../../parsers/runs.js';
import {
  appendEvent,
  formatSessionEvent,
  formatSessionLog,
  parseSessionLog,
  type SessionEvent,
} from '../../parsers/session-log.js';
import {
  formatTrade,
  formatTrades,
  parseTrades,
  type TradeRevision,
  tradeKey,
} from '../../parsers/trades.js';
import { conversation, flowRecord, ledger, runs, sessionEvents } from '../arbitraries/records.js';
import { canonicalTime } from '../arbitraries/values.js';

const LEDGER = '.moha/maven/trades/2026/2026-01-14.jsonl';

const EARLIER = '2026-01-14T10:00:00.000000+00:00';
const LATER = '2026-01-14T12:00:00.000000+00:00';

const trade = (changes: Partial<TradeRevision>): TradeRevision => ({
  source: 'moha',
  externalTradeId: '1',
  revision: 1,
  recordedAt: EARLIER,
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

  it('keeps additions of both sides, in order of time and number', () => {
    const [two, nine, ten] = ['2', '9', '10'].map((externalTradeId) =>
      formatTrade(trade({ externalTradeId })),
    );
    const late = formatTrade(trade({ externalTradeId: '1', revision: 2, recordedAt: LATER }));
    const [ours, theirs] = [`${base}${ten}${late}`, `${base}${nine}${two}`];
    const merged = { text: `${base}${two}${nine}${ten}${late}`, conflicts: [] };
    expect(mergeRecords('trades', base, ours, theirs)).toEqual(merged);
    expect(mergeRecords('trades', base, theirs, ours)).toEqual(merged);
  });

  it('keeps a revision that two clones recorded at two times as one, the earlier line first', () => {
    const ours = formatTrade(trade({ revision: 2, status: 'closed', recordedAt: LATER }));
    const theirs = formatTrade(trade({ revision: 2, status: 'closed' }));
    const merged = { text: base + theirs + ours, conflicts: [] };
    expect(mergeRecords('trades', base, base + ours, base + theirs)).toEqual(merged);
    expect(mergeRecords('trades', base, base + theirs, base + ours)).toEqual(merged);
    const { trades, problems } = foldLedger(parseTrades(merged.text, LEDGER).records, LEDGER);
    expect(problems).toEqual([]);
    expect(trades).toMatchObject([{ line: 2, record: { revision: 2, recordedAt: EARLIER } }]);
  });

  it('keeps the revisions of a trade in order where the clocks of two machines disagree', () => {
    const ours = formatTrade(trade({ revision: 2, recordedAt: LATER }));
    const other = formatTrade(
      trade({ externalTradeId: '2', recordedAt: '2026-01-14T11:00:00.000000+00:00' }),
    );
    const behind = formatTrade(trade({ revision: 3, status: 'closed' }));
    const merged = mergeRecords('trades', base, base + ours, base + ours + behind + other);
    expect(merged.text).toBe(base + ours + behind + other);
    const both = mergeRecords('trades', base, base + ours + behind, base + ours + other);
    expect(both.text).toBe(base + other + ours + behind);
  });

  it('keeps both contents of one revision, for the fold to decide', () => {
    const ours = formatTrade(trade({ revision: 2, realizedPnlUsd: '1' }));
    const theirs = formatTrade(trade({ revision: 2, realizedPnlUsd: '2' }));
    const merged = { text: base + ours + theirs, conflicts: [] };
    expect(mergeRecords('trades', base, base + ours, base + theirs)).toEqual(merged);
    expect(mergeRecords('trades', base, base + theirs, base + ours)).toEqual(merged);
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

  it('unions any two continuations of one ledger, in either direction to the same bytes', () => {
    fc.assert(
      fc.property(twoClones(), ({ common, mine, others }) => {
        const [before, ours, theirs] = threeVersions({ common, mine, others });
        const { text, conflicts } = mergeRecords('trades', before, ours, theirs);
        expect(conflicts).toEqual([]);
        expect(mergeRecords('trades', before, theirs, ours).text).toBe(text);
        expect(mergeRecords('trades', before, text, theirs).text).toBe(text);
        expect(mergeRecords('trades', before, ours, text).text).toBe(text);
        const lines = (one: string): ReadonlySet<string> => new Set(one.split('\n'));
        expect(lines(text)).toEqual(new Set([...lines(ours), ...lines(theirs)]));
        expect(text.startsWith(before)).toBe(true);
      }),
    );
  });

  it('two clones that recorded the same revisions make one ledger without a problem, of the earlier times', () => {
    fc.assert(
      fc.property(twoClones(), ({ common, mine, others }) => {
        const [before, ours, theirs] = threeVersions({ common, mine, others });
        const { text } = mergeRecords('trades', before, ours, theirs);
        const { trades, problems } = foldLedger(parseTrades(text, LEDGER).records, LEDGER);
        expect(problems).toEqual([]);
        const expected = new Map<string, TradeRevision>();
        for (const revision of [...common, ...mine, ...others]) {
          const known = expected.get(tradeKey(revision));
          const wins =
            known === undefined ||
            revision.revision > known.revision ||
            (revision.revision === known.revision && revision.recordedAt < known.recordedAt);
          if (wins) expected.set(tradeKey(revision), revision);
        }
        expect(new Map(trades.map(({ key, record }) => [key, record]))).toEqual(expected);
      }),
    );
  });
});

/** A ledger, and what two clones added to it. */
type Clones = Readonly<Record<'common' | 'mine' | 'others', readonly TradeRevision[]>>;

/** Each clone adds a part of the same revisions, at times of its own. */
function twoClones(): fc.Arbitrary<Clones> {
  const clocks = (n: number) => fc.array(canonicalTime(), { minLength: n, maxLength: n });
  return ledger().chain((all) =>
    fc
      .tuple(fc.nat({ max: all.length }), upTo(all), upTo(all), clocks(all.length), clocks(all.length))
      .map(([shared, mine, others, ourClock, theirClock]) => {
        const common = all.slice(0, shared);
        const at = (clock: readonly string[], end: number) =>
          all
            .slice(shared, Math.max(shared, end))
            .map((one, i) => ({ ...one, recordedAt: clock[i] ?? LATER }));
        return { common, mine: at(ourClock, mine), others: at(theirClock, others) };
      }),
  );
}

function threeVersions({ common, mine, others }: Clones): readonly [string, string, string] {
  const before = formatTrades(common);
  return [before, before + formatTrades(mine), before + formatTrades(others)];
}

function upTo(all: readonly unknown[]): fc.Arbitrary<number> {
  return fc.nat({ max: all.length });
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
    runs: runs().map((all) => all.map(formatRun).join('')),
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
        expect(mergeRecords('flows', '', formatFlows([others]), formatFlows([mine])).text).toBe(text);
        const found = parseFlows(text, 'flows/2026/2026-01.jsonl').records.map(({ record }) => record);
        expect(new Set(found)).toEqual(new Set([mine, others]));
      }),
    );
  });

  it('flows: one that two clones recorded is one, of the earlier time', () => {
    fc.assert(
      fc.property(flowRecord(), canonicalTime(), (flow, recordedAt) => {
        const [ours, theirs] = [formatFlows([flow]), formatFlows([{ ...flow, recordedAt }])];
        const { text, conflicts } = mergeRecords('flows', '', ours, theirs);
        expect(conflicts).toEqual([]);
        expect(mergeRecords('flows', '', theirs, ours).text).toBe(text);
        const { records, problems } = parseFlows(text, `flows/2026/${flow.occurredAt.slice(0, 7)}.jsonl`);
        expect(problems).toEqual([]);
        const earlier = flow.recordedAt < recordedAt ? flow.recordedAt : recordedAt;
        expect(records.map(({ record }) => record)).toEqual([{ ...flow, recordedAt: earlier }]);
      }),
    );
  });
});
