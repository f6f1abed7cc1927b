import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../torture/random.js';
import { FINDS } from './finds.js';
import { fuzz, tryInput } from './fuzz.js';
import { instrument } from './instrument.js';
import { minimise } from './minimise.js';
import { type FuzzTarget, must } from './target.js';
import { TARGETS } from './targets/index.js';

/** A new seed every time; it stands in what fails. */
const seed = Date.now() % 1_000_000;
const EXECUTIONS = 150;

const blind = { take: () => [] };

describe('what once broke something', () => {
  const folders = existsSync(FINDS) ? readdirSync(FINDS) : [];
  const finds = folders.flatMap((name) =>
    readdirSync(path.join(FINDS, name)).map((file) => [name, file] as const),
  );

  it('is kept', () => {
    expect(finds.length).toBeGreaterThan(0);
  });

  it.each(finds)('%s %s', async (name, file) => {
    const target = TARGETS.find((one) => one.name === name);
    if (target === undefined) throw new Error(`no target ${name}`);
    const { fault } = await tryInput(target, readFileSync(path.join(FINDS, name, file)));
    expect(fault).toBeNull();
  });
});

describe('a short run', () => {
  it.each(TARGETS.map((target) => [target.name, target] as const))(
    'of %s finds nothing',
    async (_, target) => {
      const options = {
        random: seededRandom(seed),
        coverage: blind,
        deadline: Number.POSITIVE_INFINITY,
        most: EXECUTIONS,
      };
      const { executions, finds } = await fuzz(target, options);
      const found = finds.map(({ what, bytes }) => `${what}: ${bytes.toString('base64')}`);
      expect({ seed, found }).toEqual({ seed, found: [] });
      expect(executions).toBeGreaterThan(0);
    },
  );
});

describe('the fuzzer', () => {
  /** Three conditions in a row: blind luck does not meet them all. */
  const MAZE = `function maze(text) {
    if (text.length > 3 && text[0] === '[') { if (text[1] === '-') { if (text[2] === '\\n') throw new Error('out'); } }
  }`;

  /** The code of the maze with its counters, as a target and what it has reached. */
  function planted(): { readonly target: FuzzTarget; readonly coverage: { take(): readonly number[] } } {
    let counters = new Uint32Array(0);
    const scope = { fuzzCounters: (_: string, size: number) => (counters = new Uint32Array(size)) };
    const code = instrument(MAZE, 'maze').replace('globalThis.', 'scope.');
    const maze = new Function('scope', `${code}; return maze;`)(scope) as (text: string) => void;
    const take = (): readonly number[] => {
      const reached = [...counters.keys()].filter((counter) => (counters[counter] ?? 0) > 0);
      counters.fill(0);
      return reached;
    };
    const check = (bytes: Buffer): void => maze(bytes.toString('latin1'));
    return {
      target: { name: 'maze', extension: 'txt', seeds: () => [Buffer.from('xyz')], check },
      coverage: { take },
    };
  }

  it('is guided by what inputs reach to a fault that luck does not find', async () => {
    const { target, coverage } = planted();
    const options = { random: seededRandom(2), deadline: Number.POSITIVE_INFINITY, most: 10_000 };
    const guided = await fuzz(target, { ...options, coverage });
    expect(guided.finds.map(({ what }) => what)).toEqual([expect.stringContaining('out')]);
    expect(guided.finds[0]?.bytes.toString()).toMatch(/^\[-\n.$/s);
  });

  it('tells a hang, a slow input and a broken law, each once', async () => {
    const check = (bytes: Buffer): void => {
      if (bytes.includes('hang')) for (;;);
      must(!bytes.includes('law'), 'a law');
      if (bytes.includes('crash')) throw new TypeError('no');
    };
    const target: FuzzTarget = { name: 'x', extension: 'txt', seeds: () => [], check };
    const faultOf = async (text: string) => (await tryInput(target, Buffer.from(text), 300)).fault;
    expect(await faultOf('fine')).toBeNull();
    expect(await faultOf('law')).toBe('a law');
    expect(await faultOf('crash')).toContain('TypeError: no');
    expect(await faultOf('hang')).toMatch(/^hang/);
    const late: FuzzTarget = { ...target, check: () => new Promise(() => {}) };
    expect((await tryInput(late, Buffer.from(''), 300)).fault).toMatch(/^hang/);
  });

  it('makes a find as small as it will go', async () => {
    const small = await minimise(Buffer.from(`${'a'.repeat(1000)}X${'b'.repeat(1000)}Y`), async (bytes) =>
      /X.*Y/s.test(bytes.toString()),
    );
    expect(small.toString()).toBe('XY');
  });
});
