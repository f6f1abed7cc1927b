import { performance as ask } from '../../index.js';
import { evidenceBlock, originOf } from '../answers/evidence.js';
import type { ServedResource } from './resource.js';

const TOLD = ['win_rate_pct', 'total_pnl_usd', 'avg_win_usd', 'avg_loss_usd', 'profit_factor'] as const;
const MOST_ASSETS = 12;

export const performanceSummary: ServedResource = {
  uri: 'maven://performance/summary',
  name: 'performance-summary',
  title: 'Performance in all',
  description:
    'Win rate, net P&L, average win and loss over all ended trades, and by asset; maven_performance tells more.',
  tellsOf: ['trades/', 'metrics/', 'snapshots/', 'decisions/'],
  read: async (session, _, call) => {
    const told = await session.ask(['performance', {}], call, (context) => ask(context));
    const { win_rate_pct: rate } = told.numbers;
    return {
      last_updated: told.evidence.as_of,
      win_rate: evidenceBlock({ ...told.evidence, ...rate }, told, session.now()),
      numbers: Object.fromEntries(TOLD.map((name) => [name, told.numbers[name]])),
      same_for_all_numbers:
        'window, as_of, age_seconds, quality, artifacts, definition: as in win_rate; n too, except that avg_win_usd and avg_loss_usd are over the trades that won and lost',
      assets: [...told.assets]
        .sort((left, right) => right.n - left.n)
        .slice(0, MOST_ASSETS)
        .map(({ name, n, pnl_usd, win_rate_pct }) => ({ asset: name, n, pnl_usd, win_rate_pct })),
      assets_total: told.groups_total.assets,
      untrusted: true,
      ...originOf(told),
    };
  },
};
