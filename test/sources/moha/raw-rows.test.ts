import { EventEmitter } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextRow, type RawRows, readRow, writeRows } from '../../../src/sources/moha/raw-rows.js';
import { RowFetch } from '../../../src/sources/moha/row-fetch.js';

type Values = readonly (string | null)[];

const values = fc.array(fc.option(fc.string({ unit: 'grapheme' }), { freq: 3 }), { maxLength: 6 });

function valuesOf({ bytes, length }: RawRows): Values[] {
  const rows: Values[] = [];
  for (let at = 0; at < bytes.length; at = nextRow(bytes, at)) rows.push(readRow(bytes, at));
  expect(rows).toHaveLength(length);
  return rows;
}

function message(code: string, body: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(4 + Buffer.byteLength(body));
  return Buffer.concat([Buffer.from(code), length, Buffer.from(body)]);
}

describe('rows as they come', () => {
  it('say the same after they were written and read', () => {
    fc.assert(
      fc.property(fc.array(values), (rows) => {
        expect(valuesOf(writeRows(rows))).toEqual(rows);
      }),
    );
  });

  it('are kept however the stream is cut, and every other message is handed on, in order', async () => {
    const parts = fc.array(
      fc.oneof(
        { weight: 4, arbitrary: values.map((row) => ({ row, other: null })) },
        fc.string().map((body) => ({ row: null, other: message('N', body) })),
      ),
      { maxLength: 20 },
    );
    await fc.assert(
      fc.asyncProperty(
        parts,
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        async (all, cuts) => {
          const stream = Object.assign(new EventEmitter(), { cork() {}, uncork() {} });
          const handedOn: Buffer[] = [];
          const ready = message('Z', 'T');
          const fetch = new RowFetch('fetch 5 from c', 16);
          stream.on('data', (bytes: Buffer) => {
            handedOn.push(bytes);
            if (bytes[0] === ready[0]) fetch.handleReadyForQuery();
          });
          const [theirs] = stream.listeners('data');
          const sent: string[] = [];
          const say = (what: string) => () => sent.push(what);
          const calls = {
            parse: say('parse'),
            bind: say('bind'),
            execute: say('execute'),
            sync: say('sync'),
          };
          fetch.submit({ stream, ...calls } as never);
          expect(sent).toEqual(['parse', 'bind', 'execute', 'sync']);
          const received = Buffer.concat([
            ...all.map(({ row, other }) => (row === null ? other : writeRows([row]).bytes)),
            ready,
          ]);
          for (let at = 0, turn = 0; at < received.length; turn += 1) {
            const length = cuts[turn % cuts.length] ?? 1;
            stream.emit('data', received.subarray(at, at + length));
            at += length;
          }
          expect(valuesOf(await fetch.rows)).toEqual(all.flatMap(({ row }) => (row === null ? [] : [row])));
          expect(handedOn).toEqual([...all.flatMap(({ other }) => other ?? []), ready]);
          expect(stream.listeners('data')).toEqual([theirs]);
        },
      ),
    );
  });

  it('refuse a driver that is not the one they know', () => {
    const stream = new EventEmitter();
    expect(() => new RowFetch('select 1', 16).submit({ stream } as never)).toThrow('unknown way');
  });
});
