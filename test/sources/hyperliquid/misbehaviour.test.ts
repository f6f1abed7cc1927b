import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MavenError } from '../../../src/errors.js';
import { readRetryAfter } from '../../../src/sources/hyperliquid/http-call.js';
import type { StandInFault } from '../../../src/sources/hyperliquid/stand-in/faults.js';
import { NOW, type Scene, scene } from './support/exchange.js';

let here: Scene;

beforeEach(async () => {
  here = await scene();
});

afterEach(() => here.standIn.close());

async function errorOf(work: Promise<unknown>): Promise<MavenError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof MavenError) return error;
    throw error;
  }
  throw new Error('expected an error');
}

/** What passes by itself. */
const PASSING: readonly (readonly [StandInFault, string, RegExp])[] = [
  [{ kind: 'too_many_requests' }, 'UPSTREAM_FAILED', /status 429 \(too many requests\), tried 5 times/],
  [{ kind: 'too_many_requests', retryAfter: '7' }, 'UPSTREAM_FAILED', /status 429/],
  [{ kind: 'server_error' }, 'UPSTREAM_FAILED', /status 500, tried 5 times/],
  [{ kind: 'bad_gateway' }, 'UPSTREAM_FAILED', /status 502/],
  [{ kind: 'html' }, 'UPSTREAM_INVALID', /expected JSON, got content type text\/html/],
  [{ kind: 'hang' }, 'UPSTREAM_UNREACHABLE', /no whole answer within 300 ms, tried 5 times/],
  [{ kind: 'drip' }, 'UPSTREAM_UNREACHABLE', /no whole answer within 300 ms/],
  [
    { kind: 'truncated' },
    'UPSTREAM_INVALID',
    /the answer is not JSON: .* at character \d+ of \d+, tried 5 times/,
  ],
  [{ kind: 'cut_off' }, 'UPSTREAM_UNREACHABLE', /the connection failed \(\w+\)/],
  [{ kind: 'empty' }, 'UPSTREAM_INVALID', /the answer is not JSON/],
  [{ kind: 'reset' }, 'UPSTREAM_UNREACHABLE', /the connection failed \(ECONNRESET|UND_ERR_SOCKET\)/],
];

/** What a second try would not change. */
const LASTING: readonly (readonly [StandInFault, string, RegExp])[] = [
  [{ kind: 'refused' }, 'UPSTREAM_FAILED', /status 422: Failed to deserialize/],
  [{ kind: 'wrong_type' }, 'UPSTREAM_INVALID', /the answer: expected an object, found null/],
  [
    { kind: 'missing_field', path: 'withdrawable' },
    'UPSTREAM_INVALID',
    /withdrawable: expected a decimal as text, found nothing/,
  ],
  [
    { kind: 'replaced_field', path: 'time', value: 'soon' },
    'UPSTREAM_INVALID',
    /time: expected a number, found 'soon'/,
  ],
  [
    { kind: 'replaced_field', path: 'marginSummary.accountValue', value: 10450.5 },
    'UPSTREAM_INVALID',
    /accountValue: expected a decimal as text, found the number 10450.5/,
  ],
  [{ kind: 'huge' }, 'UPSTREAM_INVALID', /larger than 5242880 bytes/],
  [
    { kind: 'redirect', to: 'https://evil.example/info' },
    'UPSTREAM_INVALID',
    /status 307 sends to https:\/\/evil\.example\/info, which is not followed/,
  ],
];

describe('what passes by itself', () => {
  it.each(PASSING)('%j twice: the third try succeeds', async (fault) => {
    here.standIn.misbehave(fault, { times: 2 });
    expect((await here.exchange.perpState('')).marginSummary.accountValue).toBe('10450.5');
    expect(here.standIn.requests).toHaveLength(3);
    expect(here.pauses).toHaveLength(2);
  });

  it.each(PASSING)('%j for ever: one error, after five tries', async (fault, code, message) => {
    here.standIn.misbehave(fault);
    const error = await errorOf(here.exchange.perpState(''));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/^Hyperliquid clearinghouseState: /);
    expect(error.message).toMatch(message);
    expect(error.hint).not.toBe('');
    expect(here.standIn.requests).toHaveLength(5);
    expect(here.pauses).toHaveLength(4);
  });
});

describe('what lasts', () => {
  it.each(LASTING)('%j: one error at once', async (fault, code, message) => {
    here.standIn.misbehave(fault);
    const error = await errorOf(here.exchange.perpState(''));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(here.standIn.requests).toHaveLength(1);
    expect(here.pauses).toEqual([]);
  });

  it('https to a plain port: one error at once, naming TLS', async () => {
    const exchange = here.open({ apiUrl: here.standIn.url.replace('http:', 'https:') });
    const error = await errorOf(exchange.perpState(''));
    expect(error.code).toBe('UPSTREAM_UNREACHABLE');
    expect(error.message).toMatch(/no trusted TLS connection \(\w+\)/);
    expect(here.pauses).toEqual([]);
  });

  it('a body that claims to be small and is not', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n');
      const more = (): void => {
        while (!socket.destroyed && socket.write(' '.repeat(65_536)));
      };
      socket.on('drain', more);
      more();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const place = server.address();
    const port = typeof place === 'object' && place !== null ? place.port : 0;
    const error = await errorOf(here.open({ apiUrl: `http://127.0.0.1:${port}`, timeoutMs: 5_000 }).mode());
    expect(error.message).toMatch(/larger than 5242880 bytes/);
    server.close();
  });

  it('nobody listening: five tries, then one error', async () => {
    await here.standIn.close();
    const error = await errorOf(here.exchange.mode());
    expect(error).toMatchObject({ code: 'UPSTREAM_UNREACHABLE' });
    expect(error.message).toContain(
      'Hyperliquid userAbstraction: the connection failed (ECONNREFUSED), tried 5 times',
    );
    expect(here.pauses).toHaveLength(4);
  });
});

describe('the pause before another try', () => {
  it('doubles, with full jitter', async () => {
    here.standIn.misbehave({ kind: 'server_error' });
    await errorOf(here.exchange.mode());
    expect(here.pauses).toEqual([250, 500, 1000, 2000]);
  });

  it('is never shorter than the exchange asks for', async () => {
    here.standIn.misbehave({ kind: 'too_many_requests', retryAfter: '7' }, { times: 1 });
    here.standIn.misbehave(
      { kind: 'too_many_requests', retryAfter: 'Mon, 15 Jun 2026 14:20:12 GMT' },
      { times: 1 },
    );
    await here.exchange.mode();
    expect(here.pauses).toEqual([7_000, 11_877]);
  });

  it.each([
    ['5', 5_000],
    ['0', 0],
    ['86400', 60_000],
    ['Mon, 15 Jun 2026 14:20:01 GMT', 877],
    ['Mon, 15 Jun 2020 14:20:01 GMT', 0],
    ['soon', null],
    [null, null],
  ])('Retry-After %j is %j ms', (header, ms) => {
    expect(readRetryAfter(header, () => NOW)).toBe(ms);
  });
});

describe('an answer', () => {
  const kept = new Map<string, string>();
  const cache = {
    getOrFill: async (key: string, _ttl: number, fill: () => Promise<string>): Promise<string> => {
      const text = kept.get(key) ?? (await fill());
      kept.set(key, text);
      return text;
    },
  };

  it('is kept when it was found valid, and asked again when what is kept is not', async () => {
    const exchange = here.open({ cache });
    here.standIn.misbehave({ kind: 'missing_field', path: 'withdrawable' }, { times: 1 });
    await errorOf(exchange.perpState(''));
    expect(kept.size).toBe(0);
    await exchange.perpState('');
    await exchange.perpState('');
    expect(here.standIn.requests).toHaveLength(2);
    for (const key of kept.keys()) kept.set(key, '{"of":"another version"}');
    expect((await exchange.perpState('')).marginSummary.accountValue).toBe('10450.5');
    expect(here.standIn.requests).toHaveLength(3);
  });

  it('costs its weight and one request an attempt, and the ledger its length too', async () => {
    const taken: string[] = [];
    const limiter = (name: string, perMinute: number) => ({
      take: async (points: number) => void taken.push(`${name.split(':')[1]} ${points} of ${perMinute}`),
    });
    const exchange = here.open({ limiter });
    here.standIn.misbehave({ kind: 'server_error' }, { times: 1 });
    await exchange.role();
    expect(taken).toEqual([
      'requests 1 of 100',
      'weight 60 of 1200',
      'requests 1 of 100',
      'weight 60 of 1200',
    ]);
  });

  it('over plain http from elsewhere is warned of', () => {
    here.open({ apiUrl: 'http://example.org' });
    expect(here.warnings).toEqual([expect.stringContaining('example.org is asked over plain http')]);
  });
});
