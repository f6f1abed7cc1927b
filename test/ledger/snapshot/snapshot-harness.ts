import { parseSnapshot, type SnapshotRecord } from '../../../parsers/snapshot.js';
import { loadConfig } from '../../../src/config.js';
import { initialize } from '../../../src/ledger/initialize.js';
import type { JobDependencies } from '../../../src/ledger/job.js';
import type { SnapshotReport } from '../../../src/ledger/snapshot/snapshot-report.js';
import { type SnapshotOptions, takeSnapshot } from '../../../src/ledger/take-snapshot.js';
import { type Hyperliquid, openHyperliquid } from '../../../src/sources/hyperliquid/open-hyperliquid.js';
import type { AnswerCache } from '../../../src/sources/hyperliquid/ports.js';
import type { StandInScript } from '../../../src/sources/hyperliquid/stand-in/script.js';
import { type StandIn, startStandIn } from '../../../src/sources/hyperliquid/stand-in/start-stand-in.js';
import { createTestRepository, type TestRepository } from '../../support/test-repository.js';

export const ACCOUNT = '0x8e2f4b6a9c01d3e5f7089ab1c2d3e4f506172839';
export const OTHER_ACCOUNT = '0x2222222222222222222222222222222222222222';
/** The stand-in is neither mainnet nor testnet. */
export const SOURCE = 'hyperliquid@127.0.0.1';

/** A clock that only stands where it is put, and goes on while somebody sleeps. */
export interface PlayedClock {
  ms: number;
  set(time: string): void;
  readonly read: () => Date;
  readonly sleep: (ms: number) => Promise<void>;
}

export function playedClock(time: string): PlayedClock {
  const clock: PlayedClock = {
    ms: Date.parse(time),
    set: (to) => {
      clock.ms = Date.parse(to);
    },
    read: () => new Date(clock.ms),
    sleep: async (ms) => {
      clock.ms += ms;
    },
  };
  return clock;
}

/** A cache whose answers age by the played clock. */
export function playedCache(clock: PlayedClock): AnswerCache {
  const kept = new Map<string, { readonly text: string; readonly endMs: number }>();
  return {
    getOrFill: async (key, ttlSeconds, fill) => {
      const known = kept.get(key);
      if (known !== undefined && known.endMs > clock.ms) return known.text;
      const text = await fill();
      kept.set(key, { text, endMs: clock.ms + ttlSeconds * 1000 });
      return text;
    },
  };
}

export interface TakeOptions extends Partial<SnapshotOptions> {
  readonly address?: string;
  /** Instead of the played clock's. */
  readonly sleep?: (ms: number) => Promise<void>;
}

export interface SnapshotHarness {
  readonly repository: TestRepository;
  readonly standIn: StandIn;
  readonly clock: PlayedClock;
  readonly notices: string[];
  take(options?: TakeOptions): Promise<SnapshotReport>;
  /** Takes one that must be written. */
  written(options?: TakeOptions): Promise<SnapshotRecord>;
  exchange(address?: string, cache?: AnswerCache, apiUrl?: string): Hyperliquid;
  jobs(): Promise<JobDependencies>;
  commits(): number;
  /** Path and text of every file below a folder of `.moha/maven`, as HEAD has it. */
  files(folder: string): ReadonlyMap<string, string>;
  remove(): Promise<void>;
}

/** A repository, a stand-in that plays a script, and one clock for both; the job's own may be ahead by `aheadMs`. */
export async function createSnapshotHarness(
  script: StandInScript,
  options: { readonly time: string; readonly aheadMs?: number } = { time: '2026-03-01T00:00:02.500Z' },
): Promise<SnapshotHarness> {
  const clock = playedClock(options.time);
  const standIn = await startStandIn({ script, clock: clock.read });
  const repository = createTestRepository();
  const notices: string[] = [];
  const own = (): Date => new Date(clock.ms + (options.aheadMs ?? 0));
  const shared = playedCache(clock);
  const exchange = (address = ACCOUNT, cache?: AnswerCache, apiUrl = standIn.url): Hyperliquid =>
    openHyperliquid({
      address,
      apiUrl,
      clock: own,
      warn: (message) => notices.push(message),
      timeoutMs: 300,
      sleep: clock.sleep,
      random: () => 0.5,
      ...(cache === undefined ? {} : { cache }),
    });
  const jobs = async (): Promise<JobDependencies> => ({
    repository: await repository.open(),
    config: loadConfig({}),
    author: { name: 'Test', email: 'test@example.com' },
    clock: own,
    notice: (message) => {
      notices.push(message);
    },
  });
  await initialize(await jobs());
  const take: SnapshotHarness['take'] = async ({ address, sleep = clock.sleep, ...chosen } = {}) =>
    takeSnapshot(
      {
        ...(await jobs()),
        fresh: exchange(address),
        cached: exchange(address, shared),
        cachedMs: 60_000,
        sleep,
      },
      { type: 'scheduled', intervalSeconds: 3600, dryRun: false, ...chosen },
    );
  return {
    repository,
    standIn,
    clock,
    notices,
    take,
    written: async (chosen) => {
      const report = await take(chosen);
      if (report.outcome !== 'written') throw new Error(`expected a snapshot, got ${report.outcome}`);
      return report.record;
    },
    exchange,
    jobs,
    commits: () => Number(repository.git('rev-list', '--count', 'HEAD').trim()),
    files: (folder) => filesOf(repository, folder),
    remove: async () => {
      await standIn.close();
      repository.remove();
    },
  };
}

function filesOf(repository: TestRepository, folder: string): ReadonlyMap<string, string> {
  const paths = repository.git('ls-tree', '-r', '--name-only', 'HEAD', `.moha/maven/${folder}`).split('\n');
  return new Map(
    paths.filter((path) => path !== '').map((path) => [path, repository.git('show', `HEAD:${path}`)]),
  );
}

/** Reads a snapshot that must be without fault. */
export function snapshotIn(text: string, path: string): SnapshotRecord {
  const { records, problems } = parseSnapshot(text, path);
  const record = records[0]?.record;
  if (record === undefined || problems.length > 0) throw new Error(`${path}: ${JSON.stringify(problems)}`);
  return record;
}
