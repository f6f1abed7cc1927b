import { portfolio as ask, elapsedSeconds } from '../../index.js';
import { originOf } from '../answers/evidence.js';
import { takePage } from '../answers/page.js';
import { pnlEvidence } from '../answers/pnl-evidence.js';
import type { ServedResource } from './resource.js';

export const currentPortfolio: ServedResource = {
  uri: 'maven://portfolio/current',
  name: 'current-portfolio',
  title: 'Portfolio',
  description:
    'What the account held when the newest snapshot was taken: value, available, margin, positions, P&L.',
  tellsOf: ['snapshots/'],
  read: async (session, _, call) => {
    const told = await session.ask(['portfolio', {}], call, (context) => ask(context));
    const { snapshot } = told;
    const about = {
      feed: told.feed,
      account: told.account,
      warnings: told.warnings.map((warning) => ({ ...warning })),
      ...originOf(told),
    };
    if (snapshot === null) return { ...about, snapshot: null, reason: `${told.reason}; ${told.hint}` };
    const now = session.now();
    const { items } = takePage('', { offset: 0, revision: null }, '', snapshot.positions, false, 1000);
    return {
      ...about,
      as_of: snapshot.as_of,
      age_seconds: elapsedSeconds(snapshot.as_of, now),
      quality: snapshot.quality,
      artifact: snapshot.artifact,
      value_usd: snapshot.total_value_usd,
      available_usd: snapshot.available_balance_usd,
      margin_used_usd: snapshot.margin_used_usd,
      margin_utilization_pct: snapshot.margin_utilization_pct,
      unrealized_pnl_usd: snapshot.unrealized_pnl_usd,
      position_count: snapshot.position_count,
      positions: items,
      untrusted: true,
      pnl: snapshot.pnl.map((window) => {
        const {
          value,
          reason,
          window: span,
          n,
          artifacts,
        } = pnlEvidence(window, snapshot, told.definition, told, now);
        return { label: window.window, value, unit: 'USD', reason, window: span, n, artifacts };
      }),
      definition: { name: told.definition.name, version: told.definition.version },
      newest_complete: told.newest_complete?.artifact ?? null,
    };
  },
};
