import { describe, expect, it } from 'vitest';
import { type BenchOptions, readOptions, USAGE } from './options.js';
import { GROUPS } from './results.js';

const read = (...args: readonly string[]): BenchOptions => {
  const options = readOptions(args);
  if (options === 'help') throw new Error('help was not asked for');
  return options;
};

describe('options of the bench', () => {
  it('read counts in thousands and millions', () => {
    expect(read('--size', '1m', '--decisions', '100', '--sizes', '10k,100k').size).toMatchObject({
      trades: 1_000_000,
      decisions: 100,
    });
    expect(read('--sizes', '10k,100k,1m').sizes).toEqual([10_000, 100_000, 1_000_000]);
  });

  it('measure all that takes minutes, and by name what takes longer', () => {
    expect([...read().only]).toEqual(GROUPS.filter((group) => group !== 'growth' && group !== 'history'));
    expect([...read('--only', 'growth').only]).toEqual(['growth']);
    expect([...read('--against', 'git').against]).toEqual(['git']);
  });

  it.each([
    [['--size', '10g'], "--size: '10g' is no count"],
    [['--runs=-1'], "--runs: '-1' is no count"],
    [['--only', 'grwth'], "--only: 'grwth' is none of start"],
    [['--against', 'sqlite'], "--against: 'sqlite' is none of psql, git, ledger"],
    [['--fast'], '--fast'],
  ])('%j is refused by name', (args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });

  it('are all explained', () => {
    expect(readOptions(['--help'])).toBe('help');
    for (const option of ['size', 'against', 'only', 'runs', 'seed', 'sizes', 'commits', 'publish'])
      expect(USAGE).toContain(`--${option}`);
  });
});
