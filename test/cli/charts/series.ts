import type { EquitySeries } from '../../../src/index.js';
import { ACCOUNT, hour } from '../../projection/snapshot-fixtures.js';

export interface DrawnPoint {
  readonly hours: number;
  readonly equity: string;
  readonly gap?: boolean;
  readonly pnl?: string | null;
}

/** A series as the façade answers it. */
export function series(drawn: readonly DrawnPoint[], change: Partial<EquitySeries> = {}): EquitySeries {
  const points = drawn.map(({ hours, equity, gap = false, pnl = null }) => ({
    at: hour(hours),
    equity_usd: equity,
    pnl_all_time_usd: pnl,
    quality: 'complete',
    gap_before: gap,
    artifact: `snapshot of ${hours}`,
  }));
  return {
    revision: 'abcdef0123456789',
    source: 'postgres',
    notice: null,
    behind_by: 0,
    asked_at: hour(1000),
    feed: 'hyperliquid',
    account: ACCOUNT,
    reason: null,
    hint: null,
    unit: 'USD',
    from: points[0]?.at ?? null,
    to: points.at(-1)?.at ?? null,
    interval_seconds: 3600,
    snapshots: points.length,
    unknown_equity: 0,
    unknown_flows: 0,
    gaps: points.filter(({ gap_before }) => gap_before).length,
    returned: points.length,
    thinned_out: false,
    points,
    flows: [],
    ...change,
  };
}
