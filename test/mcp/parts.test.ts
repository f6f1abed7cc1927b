import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText, cutText } from '../../src/mcp/answers/clean.js';
import { checkArguments } from '../../src/mcp/answers/json-argument.js';
import { readCursor, takePage } from '../../src/mcp/answers/page.js';
import { readUri } from '../../src/mcp/resources/uri.js';
import { MAX_MESSAGE_BYTES, StdioTransport } from '../../src/mcp/stdio-transport.js';

describe('pages', () => {
  it('tell every item once, in order, whatever their lengths, each page in bounds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 900 }), { maxLength: 60 }),
        fc.integer({ min: 500, max: 3000 }),
        (items, tokens) => {
          const told: string[] = [];
          let cursor: string | undefined;
          do {
            const start = readCursor('scope', cursor);
            const page = takePage('scope', start, 'abc', items.slice(start.offset), false, tokens);
            const length = page.items.reduce((sum, item) => sum + JSON.stringify(item).length, 0);
            expect(page.items.length <= 1 || length <= tokens * 3).toBe(true);
            told.push(...page.items);
            cursor = page.next_cursor ?? undefined;
          } while (cursor !== undefined);
          expect(told).toEqual(items);
        },
      ),
    );
  });

  it('refuse whatever is no cursor of the question', () => {
    const { next_cursor: cursor } = takePage(
      'one',
      { offset: 0, revision: null },
      'abc',
      ['x'.repeat(9000), 'y'],
      false,
    );
    expect(readCursor('one', cursor ?? '')).toEqual({ offset: 1, revision: 'abc' });
    expect(() => readCursor('two', cursor ?? '')).toThrow('cursor');
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => readCursor('one', text)).toThrow('cursor');
      }),
    );
  });
});

describe('text for a model', () => {
  it('never holds what drives a terminal, hides text or is no Unicode', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(50), (text, longest) => {
        const clean = cleanText(text);
        expect(clean.isWellFormed()).toBe(true);
        expect(clean).not.toMatch(
          /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200b]/,
        );
        const { text: kept, left_out: left } = cutText(text, longest + 1);
        expect(kept.isWellFormed()).toBe(true);
        expect(kept.length + left).toBe(clean.length);
      }),
    );
  });
});

describe('arguments', () => {
  it('are refused where a number cannot be what was sent', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 10n ** 17n, max: 10n ** 40n }), (digits) => {
        expect(() => checkArguments({ a: [JSON.parse(String(digits))] })).toThrow('digits');
      }),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: -(10 ** 14), max: 10 ** 14 }),
        fc.integer({ min: 0, max: 9 }),
        (n, places) => {
          const text = (n / 10 ** places).toString();
          if (text.replace(/\D/g, '').length <= 15)
            expect(() => checkArguments({ a: JSON.parse(text) })).not.toThrow();
        },
      ),
    );
  });
});

describe('URIs', () => {
  it('never yield a part that leaves a folder, however it is encoded', () => {
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom('..', '%2e%2e', '.', '%2F..%2F', '..%2F', '%5c..', '%00', 'a/b', 'a%2Fb', '%c0%ae'),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
        let read: ReturnType<typeof readUri>;
        try {
          read = readUri(`maven://${parts.join('/')}`);
        } catch {
          return;
        }
        for (const text of read.parts) {
          expect(text.split('/')).not.toContain('..');
          expect(text).not.toMatch(/[\u0000-\u001f\\]/);
          expect(text.startsWith('/')).toBe(false);
        }
      }),
    );
  });
});

describe('the transport', () => {
  const start = async () => {
    const input = new PassThrough();
    const sent: { readonly id?: unknown; readonly error?: { readonly code: number } }[] = [];
    const got: unknown[] = [];
    const transport = new StdioTransport(input, (line, done) => {
      sent.push(JSON.parse(line));
      done();
    });
    transport.onmessage = (message) => got.push(message);
    let closed = 0;
    transport.onclose = () => {
      closed += 1;
    };
    await transport.start();
    return { input, sent, got, closed: () => closed };
  };

  it('reads messages however they are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(40), { maxLength: 20 }), async (cuts) => {
        const { input, sent, got } = await start();
        const messages = ['é', '\u{1f600}', 'x'].map((text, id) => ({
          jsonrpc: '2.0',
          id,
          method: 'm',
          params: { text },
        }));
        let bytes = Buffer.from(messages.map((message) => `${JSON.stringify(message)}\r\n`).join(''));
        for (const cut of cuts) {
          input.write(bytes.subarray(0, cut));
          bytes = bytes.subarray(cut);
        }
        input.end(bytes);
        await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
        expect(got).toEqual(messages);
        expect(sent).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it('takes a message of the greatest length, and one byte more not', async () => {
    const { input, sent, got } = await start();
    const message = (length: number): string => {
      const around = '{"jsonrpc":"2.0","id":5,"method":"m","params":{"a":""}}';
      return around.replace('""', `"${'x'.repeat(length - around.length)}"`);
    };
    input.write(`${message(MAX_MESSAGE_BYTES)}\n${message(MAX_MESSAGE_BYTES + 1)}\n`);
    input.end();
    await new Promise((resolve) => input.once('end', resolve));
    expect(got).toHaveLength(1);
    expect(sent).toMatchObject([{ id: 5, error: { code: -32600 } }]);
  });

  it('is not told an id by a text that looks like one', async () => {
    const { input, sent } = await start();
    const forged = JSON.stringify({
      jsonrpc: '2.0',
      method: 'm',
      params: { a: 'x'.repeat(MAX_MESSAGE_BYTES), b: ',"id":9}' },
    });
    input.end(`${forged}\n`);
    await new Promise((resolve) => input.once('end', resolve));
    expect(sent).toHaveLength(1);
    expect(sent[0]).not.toHaveProperty('id');
  });

  it('ends once, with the input', async () => {
    const { input, closed } = await start();
    input.end();
    await new Promise((resolve) => input.once('close', resolve));
    expect(closed()).toBe(1);
  });
});
