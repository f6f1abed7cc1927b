import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type FoldedTrade, foldLedger } from '../../parsers/fold-ledger.js';
import { parseTrades } from '../../parsers/trades.js';
import { loadConfig } from '../../src/config.js';
import { initialize } from '../../src/ledger/initialize.js';
import type { SyncReport } from '../../src/ledger/sync-trades/sync-report.js';
import { type SyncOptions, syncTrades } from '../../src/ledger/sync-trades/sync-trades.js';
import { openMoha } from '../../src/sources/moha/open-moha.js';
import { createTestRepository, type TestRepository } from '../support/test-repository.js';

/** A repository that syncs from an upstream, in this process. */
export interface SyncHarness {
  readonly repository: TestRepository;
  /** What was said to the person so far. */
  readonly notices: string[];
  sync(
    options?: Partial<SyncOptions> & { readonly env?: Readonly<Record<string, string>> },
  ): Promise<SyncReport>;
  /** The ledger's last word on each trade, by key. */
  ledger(): ReadonlyMap<string, FoldedTrade>;
  commits(): number;
  jobs(): Promise<Parameters<typeof initialize>[0]>;
  remove(): void;
}

export async function createSyncHarness(upstreamUrl: string, clock = () => new Date()): Promise<SyncHarness> {
  const repository = createTestRepository();
  const notices: string[] = [];
  const jobs = async () => ({
    repository: await repository.open(),
    config: loadConfig({ MOHA_DATABASE_URL: upstreamUrl }),
    author: { name: 'Test', email: 'test@example.com' },
    clock,
    notice: (message: string) => {
      notices.push(message);
    },
  });
  await initialize(await jobs());
  return {
    repository,
    notices,
    jobs,
    async sync({ env = {}, ...options } = {}) {
      const config = loadConfig({ MOHA_DATABASE_URL: upstreamUrl, ...env });
      const { connection } = config.moha;
      if (connection === null) throw new Error('no upstream');
      const warn = (message: string): void => {
        if (!message.includes('could write')) notices.push(message);
      };
      const moha = await openMoha({ ...config.moha, connection }, { requireReadOnlyRole: false, warn });
      try {
        const dependencies = { ...(await jobs()), config, moha, progress: () => undefined };
        return await syncTrades(dependencies, {
          mode: 'new',
          dryRun: false,
          linkWindowMinutes: 60,
          ...options,
        });
      } finally {
        await moha.close();
      }
    },
    ledger: () => readLedger(repository.folder),
    commits: () => Number(repository.git('rev-list', '--count', 'HEAD').trim()),
    remove: () => repository.remove(),
  };
}

/** Folds every ledger file of a working tree; a trade that stands in two files is a fault. */
export function readLedger(folder: string): ReadonlyMap<string, FoldedTrade> {
  const root = path.join(folder, '.moha/maven/trades');
  const names = existsSync(root) ? readdirSync(root, { recursive: true, encoding: 'utf8' }) : [];
  const files = names.filter((name) => name.endsWith('.jsonl'));
  const trades = new Map<string, FoldedTrade>();
  for (const name of files) {
    const { records, problems } = parseTrades(readFileSync(path.join(root, name), 'utf8'), name);
    const folded = foldLedger(records, name);
    const faults = [...problems, ...folded.problems];
    if (faults.length > 0) throw new Error(`${name}: ${JSON.stringify(faults)}`);
    for (const trade of folded.trades) {
      if (trades.has(trade.key)) throw new Error(`${trade.key} stands in two files`);
      trades.set(trade.key, trade);
    }
  }
  return trades;
}
