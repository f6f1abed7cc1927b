import { parseArgs } from 'node:util';
import { GROUPS, type GroupName, type Size } from './results.js';

/** Programs to measure against that may not be there; node and SQL always are. */
export const PEERS = ['psql', 'git', 'ledger'] as const;
export type PeerName = (typeof PEERS)[number];

export const DATABASES = ['postgres', 'embedded'] as const;
export type DatabaseKind = (typeof DATABASES)[number];

export interface BenchOptions {
  readonly size: Size;
  readonly against: ReadonlySet<PeerName>;
  readonly only: ReadonlySet<GroupName>;
  readonly runs: number;
  readonly seed: number;
  /** Numbers of trades that the group `growth` compares. */
  readonly sizes: readonly number[];
  readonly databases: readonly DatabaseKind[];
  /** Of the group `history`. */
  readonly commits: number;
  readonly looseCommits: number;
  /** Writes README's table and docs/bench.json from the results, and measures nothing. */
  readonly publish: boolean;
}

export const USAGE = `npm run bench -- [options]

Measures maven-git against something that everybody has, side by side in one run.

  --size 10k|100k|1m         trades of the speed table; default 100k
  --decisions N              default 20000; --snapshots N, default 8760 (a year, hourly)
  --against psql,git,ledger  programs to measure against; one that is not installed is named and left out
  --only GROUP,...           ${GROUPS.join(', ')}; default all but the last two
  --runs N                   how often each side runs; default 3
  --seed N                   of the generated history
  --sizes 10k,100k,1m        growth: numbers of trades
  --databases postgres,embedded     growth
  --commits N                history: default 525600, five years of five-minute syncs
  --loose-commits N          history: how many of them are measured unpacked; default 8640, thirty days
  --publish                  writes README's speed table and docs/bench.json from .bench/results.json; measures nothing

Results: .bench/results.json (its shape is in test/bench/results.ts), .bench/results.md, .bench/growth.svg.
A group that is measured again replaces its earlier figures; the others stay.
`;

/** @throws Error naming the option that cannot be read. */
export function readOptions(args: readonly string[]): BenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      size: { type: 'string', default: '100k' },
      decisions: { type: 'string', default: '20000' },
      snapshots: { type: 'string', default: '8760' },
      against: { type: 'string', default: PEERS.join(',') },
      only: { type: 'string', default: GROUPS.slice(0, -2).join(',') },
      runs: { type: 'string', default: '3' },
      seed: { type: 'string', default: '20250101' },
      sizes: { type: 'string', default: '10k,100k,1m' },
      databases: { type: 'string', default: DATABASES.join(',') },
      commits: { type: 'string', default: '525600' },
      'loose-commits': { type: 'string', default: '8640' },
      publish: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    size: {
      trades: readCount('size', values.size),
      decisions: readCount('decisions', values.decisions),
      snapshots: readCount('snapshots', values.snapshots),
    },
    against: new Set(readWords('against', values.against, PEERS)),
    only: new Set(readWords('only', values.only, GROUPS)),
    runs: Math.max(1, readCount('runs', values.runs)),
    seed: readCount('seed', values.seed),
    sizes: values.sizes.split(',').map((word) => readCount('sizes', word)),
    databases: readWords('databases', values.databases, DATABASES),
    commits: readCount('commits', values.commits),
    looseCommits: readCount('loose-commits', values['loose-commits']),
    publish: values.publish,
  };
}

const UNITS = { '': 1, k: 1000, m: 1_000_000 } as const;

/** `250`, `10k`, `1m`. */
function readCount(option: string, text: string): number {
  const [, digits, unit = ''] = /^(\d{1,9})([km]?)$/.exec(text) ?? [];
  if (digits === undefined) throw new Error(`--${option}: '${text}' is no count, such as 250, 10k or 1m`);
  return Number(digits) * UNITS[unit as keyof typeof UNITS];
}

function readWords<T extends string>(option: string, text: string, known: readonly T[]): readonly T[] {
  return text
    .split(',')
    .filter(Boolean)
    .map((word) => {
      const found = known.find((name) => name === word);
      if (found === undefined) throw new Error(`--${option}: '${word}' is none of ${known.join(', ')}`);
      return found;
    });
}
