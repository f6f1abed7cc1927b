import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flowBook } from '../../parsers/flow-book.js';
import { type FlowRecord, formatFlows, parseFlows } from '../../parsers/flows.js';
import { foldFlows } from '../../parsers/fold-flows.js';

const KEY = { source: 'hyperliquid', account: '0xa' };
const FLOW: FlowRecord = {
  source: 'hyperliquid',
  externalFlowId: 'one',
  occurredAt: '2026-03-01T10:00:00.000000+00:00',
  recordedAt: '2026-03-01T10:00:02.000000+00:00',
  flowType: 'deposit',
  classification: 'external',
  amountUsd: '500.0',
  asset: 'USDC',
  amountAsset: '500.0',
  metadata: '{"account":"0xA"}',
};

function correction(
  number: number,
  changes: Partial<FlowRecord>,
  settles: readonly string[] = [],
): FlowRecord {
  return {
    ...FLOW,
    externalFlowId: `one#${number}`,
    flowType: 'correction',
    metadata: JSON.stringify({ account: '0xa', corrects: 'one', number, settles, reason: 'x' }),
    ...changes,
  };
}

function dispute(changes: Partial<FlowRecord>, toldAs = 'external'): FlowRecord {
  return {
    ...FLOW,
    externalFlowId: 'one#told',
    flowType: 'told_otherwise',
    classification: 'unclassified',
    metadata: JSON.stringify({ account: '0xa', disputes: 'one', told_as: toldAs }),
    ...changes,
  };
}

const sum = (...lines: readonly FlowRecord[]) => {
  const { netUsd, reason, flows } = flowBook(lines, KEY).between(null, FLOW.occurredAt);
  return { netUsd, reason, count: flows.length };
};

describe('a correction', () => {
  it('holds instead of the flow, and the last one by its number instead of those before', () => {
    expect(sum(FLOW)).toEqual({ netUsd: '500.0', reason: null, count: 1 });
    expect(sum(FLOW, correction(1, { amountUsd: '7' }))).toMatchObject({ netUsd: '7', count: 1 });
    expect(sum(correction(2, { amountUsd: '8' }), FLOW, correction(1, { amountUsd: '7' }))).toMatchObject({
      netUsd: '8',
      count: 1,
    });
    expect(sum(FLOW, correction(1, { classification: 'internal' }))).toEqual({
      netUsd: '0',
      reason: null,
      count: 0,
    });
  });

  it('makes a flow countable that was not', () => {
    const strange = { ...FLOW, classification: 'unclassified', amountUsd: null } as const;
    expect(sum(strange)).toMatchObject({ netUsd: null, reason: expect.stringContaining('kind or form') });
    expect(sum(strange, correction(1, { amountUsd: '7' })).netUsd).toBe('7');
  });

  it('keeps what was first recorded', () => {
    const [folded] = foldFlows([FLOW, correction(1, { amountUsd: '7' })]);
    expect(folded).toMatchObject({ flowType: 'deposit', amountUsd: '7', recorded: FLOW });
  });

  it('of a flow that is not there is a doubt, and never a flow', () => {
    expect(sum(correction(1, { amountUsd: '7' }))).toEqual({
      netUsd: null,
      reason: `a flow that a line is about is not in its file: correction at ${FLOW.occurredAt}`,
      count: 1,
    });
  });

  it('is one only by its notes: the exchange may call a kind of its own so', () => {
    expect(sum({ ...FLOW, flowType: 'correction' }).netUsd).toBe('500.0');
  });
});

describe('corrections of one number, by two clones', () => {
  const rival = (
    name: string,
    number: number,
    hour: number,
    changes: Partial<FlowRecord>,
    settles?: string[],
  ) =>
    correction(
      number,
      {
        externalFlowId: `one#${number}-${name}`,
        recordedAt: `2026-03-02T0${hour}:00:00.000000+00:00`,
        ...changes,
      },
      settles,
    );

  it('count by what was recorded last, then by id, and less than a higher number', () => {
    const [late, early] = [rival('a', 1, 2, { amountUsd: '7' }), rival('b', 1, 1, { amountUsd: '8' })];
    expect(sum(FLOW, late, early).netUsd).toBe('7');
    expect(sum(FLOW, late, { ...early, recordedAt: late.recordedAt }).netUsd).toBe('8');
    expect(sum(FLOW, rival('c', 2, 0, { amountUsd: '9' }), late, early).netUsd).toBe('9');
  });

  it('settle only what the one that counts has answered', () => {
    const told = dispute({ amountUsd: '501.0' });
    const answer = rival('a', 1, 1, { amountUsd: '7' }, ['one#told']);
    expect(sum(FLOW, told, answer).netUsd).toBe('7');
    expect(sum(FLOW, told, answer, rival('b', 1, 2, { amountUsd: '8' })).netUsd).toBeNull();
    expect(sum(FLOW, told, answer, rival('b', 1, 2, { amountUsd: '7.0' })).netUsd).toBe('7.0');
  });

  it('are no contradiction where they say the same', () => {
    const problems = (...lines: readonly FlowRecord[]) =>
      parseFlows(formatFlows(lines), '2026-03.jsonl').problems.map(({ code, severity }) => [code, severity]);
    const first = rival('a', 1, 1, { amountUsd: '7' });
    expect(problems(FLOW, first, rival('b', 1, 2, { amountUsd: '7.0' }))).toEqual([]);
    const other = rival('b', 1, 2, { amountUsd: '8' });
    expect(problems(FLOW, first, other)).toEqual([['REVISION_CONFLICT', 'warning']]);
    expect(problems(FLOW, first, other, rival('c', 2, 0, { amountUsd: '7' }))).toEqual([]);
  });

  it('count alike in whatever order the lines stand', () => {
    const line = fc.record({
      number: fc.integer({ min: 1, max: 2 }),
      hour: fc.integer({ min: 1, max: 2 }),
      amountUsd: fc.constantFrom('7', '8', null),
      classification: fc.constantFrom('external', 'internal'),
      settles: fc.subarray(['one#told', 'one#again']),
    });
    const ordered = fc.array(line, { maxLength: 6 }).chain((drawn) => {
      const lines = [
        FLOW,
        dispute({}),
        dispute({ externalFlowId: 'one#again' }),
        ...drawn.map(({ number, hour, settles, ...changes }, place) =>
          rival(String(place), number, hour, changes, settles),
        ),
      ];
      return fc.tuple(
        fc.constant(lines),
        fc.shuffledSubarray(lines, { minLength: lines.length, maxLength: lines.length }),
      );
    });
    const counted = (lines: readonly FlowRecord[]) =>
      foldFlows(lines).map((flow) => ({ ...flow, disputes: new Set(flow.disputes) }));
    fc.assert(
      fc.property(ordered, ([lines, shuffled]) => {
        expect(counted(shuffled)).toEqual(counted(lines));
        expect(counted(lines)).toHaveLength(1);
      }),
    );
  });
});

describe('a flow that the exchange tells otherwise', () => {
  it('counts for nothing until a correction settles it', () => {
    const told = dispute({ amountUsd: '501.0' });
    expect(sum(FLOW, told)).toEqual({
      netUsd: null,
      reason: `a flow that the exchange tells otherwise now: deposit at ${FLOW.occurredAt}`,
      count: 1,
    });
    expect(sum(FLOW, told, correction(1, { amountUsd: '9' })).netUsd).toBeNull();
    expect(sum(FLOW, told, correction(1, { amountUsd: '9' }, ['one#told'])).netUsd).toBe('9');
  });

  it('does not matter where it is external neither way', () => {
    const internal = { ...FLOW, classification: 'internal' } as const;
    expect(sum(internal, dispute({ amountUsd: '501.0' }, 'income'))).toMatchObject({ netUsd: '0', count: 0 });
    expect(sum(internal, dispute({ amountUsd: '501.0' }, 'external')).netUsd).toBeNull();
  });
});

describe('flows of a stretch of time', () => {
  it('are those after its start up to its end, of the account or of none', () => {
    const at = (occurredAt: string, changes: Partial<FlowRecord> = {}): FlowRecord => ({
      ...FLOW,
      externalFlowId: occurredAt + JSON.stringify(changes),
      occurredAt,
      ...changes,
    });
    const [start, middle, end] = [9, 10, 11].map(
      (hour) => `2026-03-01T${hour < 10 ? '0' : ''}${hour}:00:00.000000+00:00`,
    );
    const book = flowBook(
      [
        at(end ?? '', { amountUsd: '3' }),
        at(start ?? '', { amountUsd: '1' }),
        at(middle ?? '', { amountUsd: '2', metadata: null }),
        at(middle ?? '', { amountUsd: '50', metadata: '{"account":"0xb"}' }),
        at(middle ?? '', { amountUsd: '50', source: 'bybit' }),
      ],
      KEY,
    );
    expect(book.between(start ?? '', end ?? '').netUsd).toBe('5');
    expect(book.between(start ?? '', middle ?? '').netUsd).toBe('2');
    expect(book.between(null, start ?? '').netUsd).toBe('1');
    expect(book.between(end ?? '', end ?? '').netUsd).toBe('0');
  });
});
