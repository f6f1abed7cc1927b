import type { Database } from '../../../src/db/database.js';
import type { Repository } from '../../../src/git/repository.js';
import { equitySeries } from '../../../src/projection/questions/equity-series.js';
import { pnl } from '../../../src/projection/questions/pnl.js';
import { portfolio } from '../../../src/projection/questions/portfolio.js';
import {
  type PnlOptions,
  readEquityQuery,
  readPortfolioQuery,
  readWindows,
} from '../../../src/projection/questions/portfolio-query.js';
import {
  flowAt,
  flowFiles,
  hour,
  OTHER_ACCOUNT,
  pnlSince,
  position,
  snapshot,
  snapshotFiles,
} from '../snapshot-fixtures.js';
import { asking } from './asking.js';

export const NOW = new Date('2026-01-16T00:30:00.250Z');

const FIFTY = Array.from({ length: 50 }, (_, index) =>
  position(`A${index}`, {
    side: index % 2 === 0 ? 'long' : 'short',
    sizeAsset: '0.000000000000000001',
    ...(index === 7 ? { liquidationPrice: null, entryPrice: null, leverage: null } : {}),
  }),
);

/** Amounts, times and gaps as awkward as the formats allow. */
export const AWKWARD = {
  ...flowFiles(flowAt(hour(1), 'out', { amountUsd: '-12345678901234567890.10', amountAsset: null })),
  ...snapshotFiles(
    snapshot(hour(0), { totalValueUsd: '12345678901234567890.123456789012345678' }),
    snapshot(hour(1), { account: OTHER_ACCOUNT, totalValueUsd: '-5.0', marginUsedUsd: '3' }),
    snapshot(hour(2), {
      totalValueUsd: '0.000000000000000001',
      marginUsedUsd: '99.99',
      positions: FIFTY,
      externalFlows: { netUsd: '-12345678901234567890.10', count: 1, since: hour(0) },
      metadata:
        '{"pnl_pct":{"24h":{"value":"-99.999999","reason":null},"all":{"value":1.5},"7d":null},"note":"€"}',
      pnl: {
        ...snapshot(hour(2)).pnl,
        '24h': pnlSince(hour(0), '-0.023456789012345677', 7200),
        all: pnlSince('2025-01-01T00:00:00.000000+00:00', '-7', 1),
      },
    }),
    snapshot(hour(3), { account: OTHER_ACCOUNT, source: 'paper', totalValueUsd: null }),
    snapshot(hour(4), {
      totalValueUsd: null,
      availableBalanceUsd: null,
      quality: { status: 'partial', failed: ['spot', 'vaults "x"'] },
      externalFlows: { netUsd: null, count: 0, since: null },
      pnl: { ...snapshot(hour(4)).pnl, '7d': pnlSince(hour(2), '1', 7200) },
    }),
  ),
};

/** The questions, asked at {@link NOW}. */
export const ask = {
  pnl: (repository: Repository, database: () => Promise<Database>, options: PnlOptions) =>
    pnl(asking(repository, database), readPortfolioQuery(options, NOW), readWindows(options.window)),
  portfolio: (repository: Repository, database: () => Promise<Database>, options: PnlOptions) =>
    portfolio(asking(repository, database), readPortfolioQuery(options, NOW)),
  equity: (repository: Repository, database: () => Promise<Database>, options: PnlOptions) => {
    const { at, ...others } = options;
    const query = readEquityQuery({ ...others, maxPoints: 40, ...(at === undefined ? {} : { to: at }) }, NOW);
    return equitySeries(asking(repository, database), query);
  },
} as const;
