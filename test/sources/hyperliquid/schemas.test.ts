import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import * as schemas from '../../../src/sources/hyperliquid/account-schemas.js';
import { amount } from '../../../src/sources/hyperliquid/fields.js';
import { ledgerUpdates } from '../../../src/sources/hyperliquid/ledger-schema.js';
import { validate } from '../../../src/sources/hyperliquid/validate.js';
import { fixture } from './support/fixture.js';

const RECORDED: readonly (readonly [string, z.ZodType])[] = [
  ['clearinghouseState', schemas.perpState],
  ['spotClearinghouseState', schemas.spotState],
  ['userVaultEquities', schemas.vaultEquities],
  ['portfolio', schemas.portfolio],
  ['userNonFundingLedgerUpdates', ledgerUpdates],
  ['userAbstraction', schemas.accountMode],
  ['userRole', schemas.userRole],
  ['allMids', schemas.allMids],
  ['spotMeta', schemas.spotMeta],
  ['perpDexs', schemas.perpDexs],
];

describe('recorded answers', () => {
  it.each(RECORDED)('%s is valid', (name, schema) => {
    expect(() => validate(fixture(name), schema)).not.toThrow();
  });

  it('keeps amounts and numbers digit for digit', () => {
    const state = validate(fixture('clearinghouseState'), schemas.perpState);
    expect(state.marginSummary.accountValue).toBe('26791.021008');
    expect(state.time).toBe(1_781_533_200_000);
    const [btc, eth] = state.assetPositions;
    expect(btc?.position).toMatchObject({ szi: '0.18', liquidationPx: null, leverage: { value: '10' } });
    expect(eth?.position.liquidationPx).toBe('9409.0721370242');
  });
});

describe('an amount', () => {
  it.each([
    ['1.50', '1.50'],
    ['007', '7'],
    ['-0.0', '0.0'],
    ['160794563.9261809886', '160794563.9261809886'],
    ['0.1234567890123456785', '0.123456789012345679'],
    ['-0.1234567890123456785', '-0.123456789012345679'],
    ['-0.0000000000000000001', '0.000000000000000000'],
  ])('%s is read as %s', (text, expected) => {
    expect(validate(JSON.stringify(text), amount)).toBe(expected);
  });

  it.each([
    '',
    ' 1',
    '1e5',
    '+1',
    'NaN',
    'Infinity',
    '0x10',
    '1.',
    '.5',
    '1,000',
    '9'.repeat(21),
    `1.${'1'.repeat(200)}`,
  ])('%j is refused', (text) => {
    expect(() => validate(JSON.stringify(text), amount)).toThrow('expected a decimal as text');
  });

  it('is no JSON number: somebody has rounded that', () => {
    expect(() => validate('12.50', amount)).toThrow(
      'the answer: expected a decimal as text, found the number 12.50',
    );
  });
});

describe('an answer of another form', () => {
  const edit = (change: (state: Record<string, never>) => void): string => {
    const state = JSON.parse(fixture('clearinghouseState'));
    change(state);
    return JSON.stringify(state);
  };

  it.each<[string, (state: never) => void]>([
    [
      'marginSummary.accountValue: expected a decimal as text, found nothing',
      (s: { marginSummary: Record<string, unknown> }) => delete s.marginSummary.accountValue,
    ],
    [
      'marginSummary: expected an object, found a list of 0',
      (s: Record<string, unknown>) => {
        s.marginSummary = [];
      },
    ],
    [
      'withdrawable: expected a decimal as text, found null',
      (s: Record<string, unknown>) => {
        s.withdrawable = null;
      },
    ],
    [
      "time: expected a number, found '1781533200000'",
      (s: Record<string, unknown>) => {
        s.time = '1781533200000';
      },
    ],
    [
      'time: expected a whole number, found the number 1781533200000.5',
      (s: Record<string, unknown>) => {
        s.time = 1781533200000.5;
      },
    ],
    [
      "assetPositions[1].position.szi: expected a decimal as text, found 'many'",
      (s: { assetPositions: { position: Record<string, unknown> }[] }) => {
        (s.assetPositions[1] as { position: Record<string, unknown> }).position.szi = 'many';
      },
    ],
    [
      'assetPositions: expected a list, found an object',
      (s: Record<string, unknown>) => {
        s.assetPositions = {};
      },
    ],
  ])('%s', (message, change) => {
    expect(() => validate(edit(change as never), schemas.perpState)).toThrow(message);
  });

  it('is shown bounded, with control characters escaped', () => {
    const hostile = JSON.stringify(`\u001b[2J\n${'x'.repeat(10_000)}`);
    let message = '';
    try {
      validate(hostile, amount);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain('\\u001b[2J\\u000a');
    expect(message.length).toBeLessThan(300);
  });

  it.each(['', '{"a":', '[1,]', 'null null', `[${'['.repeat(100_000)}`])(
    'that is no JSON says where: %#',
    (body) => {
      expect(() => validate(body, schemas.perpState)).toThrow(
        /not JSON: .* at character \d+ of \d+|expected an object/,
      );
    },
  );

  it('of a mode that is not known is refused, since the total depends on it', () => {
    expect(() => validate('"superAccount"', schemas.accountMode)).toThrow("found 'superAccount'");
  });

  it('of a ledger update is kept, and what it did is not known; without a kind it is none', () => {
    const update = (delta: unknown): string => JSON.stringify([{ time: 1, hash: '0x1', delta }]);
    expect(validate(update({ type: 'deposit' }), ledgerUpdates)[0]).toMatchObject({
      delta: { type: 'unknown', name: 'deposit', fault: 'usdc: expected a decimal as text' },
      raw: { type: 'deposit' },
    });
    expect(() => validate(update({ usdc: '1' }), ledgerUpdates)).toThrow(
      '[0].delta.type: expected a text, found nothing',
    );
    expect(() => validate(update('deposit'), ledgerUpdates)).toThrow(
      "[0].delta: expected an object, found 'deposit'",
    );
    expect(validate(update({ type: 'constructor', a: 1 }), ledgerUpdates)[0]?.delta).toEqual({
      type: 'unknown',
      name: 'constructor',
      fault: null,
    });
  });
});
