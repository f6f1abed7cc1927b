import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idSetOf } from '../../../src/ledger/sync-trades/id-ranges.js';
import { STATE_PATH } from '../../../src/ledger/sync-trades/ledger-writer.js';
import {
  epochOfSource,
  formatSyncState,
  readSyncState,
  type SyncState,
  sourceOfEpoch,
} from '../../../src/ledger/sync-trades/sync-state.js';
import { canonicalTime } from '../../arbitraries/values.js';

const digits = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String);
const ids = fc.array(digits, { maxLength: 8 }).map((list) => idSetOf(list));
const states: fc.Arbitrary<SyncState> = fc.record({
  epoch: fc.integer({ min: 1, max: 1_000_000 }),
  lastId: digits,
  heldId: fc.option(digits),
  horizon: fc.option(digits),
  upstream: fc.record({
    system: fc.option(digits),
    timeline: fc.option(digits),
    database: digits,
    table: digits,
  }),
  gaps: fc.array(
    fc.record({
      seenAt: canonicalTime(),
      nextXid: digits,
      live: fc.array(fc.stringMatching(/^\d{1,4}\/\d{1,9}$/), { maxLength: 3 }),
      ids,
      unsure: fc.boolean(),
    }),
    { maxLength: 3 },
  ),
  skipped: ids,
  open: fc.option(ids),
});
const AT = '2026-01-14T12:00:00.000000+00:00';

describe('the state of the trade sync', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(states, (state) => {
        expect(readSyncState(formatSyncState(state, AT), STATE_PATH)).toEqual(state);
      }),
    );
  });

  const good: SyncState = {
    epoch: 1,
    lastId: '42',
    heldId: null,
    horizon: '700',
    upstream: { system: '1', timeline: '1', database: '2', table: '3' },
    gaps: [{ seenAt: AT, nextXid: '700', live: ['3/4'], ids: idSetOf(['7']), unsure: false }],
    skipped: idSetOf(['9']),
    open: idSetOf(['11', '12']),
  };
  const changed = (change: (state: Record<string, unknown>) => void): string => {
    const file = JSON.parse(formatSyncState(good, AT)) as { state: Record<string, unknown> };
    change(file.state);
    return JSON.stringify(file);
  };
  const firstGap = (state: Record<string, unknown>): Record<string, unknown> =>
    (state.gaps as Record<string, unknown>[])[0] ?? {};
  const upstream = (state: Record<string, unknown>) => state.upstream as Record<string, unknown>;

  it('is not refused for being laid out by somebody else', () => {
    expect(
      readSyncState(
        changed(() => undefined),
        STATE_PATH,
      ),
    ).toEqual(good);
  });

  it.each<[string, (state: Record<string, unknown>) => unknown]>([
    ...Object.keys(JSON.parse(formatSyncState(good, AT)).state as object).map(
      (name): [string, (state: Record<string, unknown>) => unknown] => [
        `without ${name}`,
        (state) => delete state[name],
      ],
    ),
    ['epoch 0', (state) => (state.epoch = 0)],
    ['epoch 1.5', (state) => (state.epoch = 1.5)],
    ['epoch as text', (state) => (state.epoch = '1')],
    ['last_id as a number', (state) => (state.last_id = 42)],
    ['last_id empty', (state) => (state.last_id = '')],
    ['last_id no number', (state) => (state.last_id = '0x2a')],
    ['held_id as a number', (state) => (state.held_id = 50)],
    ['a gap that is unsure in words', (state) => (firstGap(state).unsure = 'yes')],
    ['horizon as a number', (state) => (state.horizon = 700)],
    ['horizon below zero', (state) => (state.horizon = '-700')],
    ['upstream null', (state) => (state.upstream = null)],
    ['upstream without its table', (state) => delete upstream(state).table],
    ['a system that is no number', (state) => (upstream(state).system = 'x')],
    ['gaps an object', (state) => (state.gaps = {})],
    ['a gap null', (state) => (state.gaps = [null])],
    ['a gap without ids', (state) => delete firstGap(state).ids],
    ['a gap whose ids run backwards', (state) => (firstGap(state).ids = ['9-7'])],
    ['a gap seen at no time', (state) => (firstGap(state).seen_at = 'yesterday')],
    ['a gap with a number for a transaction', (state) => (firstGap(state).live = [7])],
    ['a gap without next_xid', (state) => delete firstGap(state).next_xid],
    ['skipped as numbers', (state) => (state.skipped = [9])],
    ['open as text', (state) => (state.open = '11-12')],
    ['open without an end', (state) => (state.open = ['1-99999999999999999999'])],
  ])('is refused %s', (_, change) => {
    expect(readSyncState(changed(change), STATE_PATH)).toBeNull();
  });

  it.each([
    '',
    '{}',
    'null',
    '[]',
    '{"v":1}',
    '<<<<<<< HEAD\n',
    formatSyncState(good, AT).slice(0, -20),
    formatSyncState(good, AT).replace('"v": 1', '"v": 2'),
    `${formatSyncState(good, AT)}${formatSyncState(good, AT)}`,
  ])('is refused when the file is %j', (text) => {
    expect(readSyncState(text, STATE_PATH)).toBeNull();
  });

  it('is never half used, wherever the file is cut', () => {
    const text = formatSyncState(good, AT);
    for (let length = 0; length < text.trimEnd().length; length++)
      expect(readSyncState(text.slice(0, length), STATE_PATH)).toBeNull();
  });
});

describe('sources and epochs', () => {
  it('name each other', () => {
    for (const epoch of [1, 2, 9, 10, 11, 99, 1_000_000])
      expect(epochOfSource(sourceOfEpoch(epoch))).toBe(epoch);
    for (const source of [
      '',
      'moha@1',
      'moha@0',
      'moha@02',
      'moha@',
      'moha@x',
      'mohas',
      'hyperliquid',
      'moha@-2',
    ])
      expect(epochOfSource(source)).toBeNull();
  });
});
