import { tradeKey } from '../../../parsers/trades.js';
import type { Session } from '../../../src/db/database.js';
import { sql } from '../../../src/db/sql.js';
import { decisionRow } from '../../../src/projection/tables/decisions.js';
import { snapshotRow } from '../../../src/projection/tables/snapshots.js';
import { tradeRow } from '../../../src/projection/tables/trades.js';
import type { RandomLedger } from './random-ledger.js';

/** Puts the rows there as a reconcile of the same artifacts would. */
export async function loadLedger(
  { db }: Session,
  { trades, decisions, equity }: RandomLedger,
): Promise<void> {
  await sql`truncate maven_trades, maven_decisions, maven_portfolio_snapshots`.execute(db);
  const tradeRows = trades.map((record) => {
    const row = tradeRow({ key: tradeKey(record), line: 1, firstRecordedAt: record.recordedAt, record }, 'p');
    return decisions.has(record.decision ?? '') ? row : { ...row, decision_id: null };
  });
  const decisionRows = [...decisions].map(([name, { decidedAt, confidencePct }]) =>
    decisionRow(
      {
        line: 1,
        record: {
          decidedAt,
          confidencePct,
          decisionType: 'buy',
          asset: null,
          riskLevel: null,
          action: '',
          reasoning: '',
          metadata: null,
        },
      },
      `decisions/${name}`,
    ),
  );
  const none = { valueUsd: null, baseline: null, windowSeconds: null, reason: null };
  const snapshotRows = equity.map(({ at, account, valueUsd, flowUsd, since }, i) => {
    const [source = '', name = ''] = account.split('/');
    const row = snapshotRow(
      {
        line: 1,
        record: {
          source,
          account: name,
          snapshotType: 'scheduled',
          snapshotAt: at,
          recordedAt: at,
          quality: { status: valueUsd === null && i % 2 === 0 ? 'partial' : 'complete', failed: [] },
          totalValueUsd: valueUsd === null && i % 2 === 0 ? '77' : valueUsd,
          availableBalanceUsd: null,
          marginUsedUsd: null,
          unrealizedPnlUsd: null,
          positions: [],
          externalFlows: { netUsd: flowUsd, count: 0, since },
          pnl: { '24h': none, '7d': none, '30d': none, all: none },
          metadata: null,
        },
      },
      `snapshots/${i}`,
    );
    return row;
  });
  if (tradeRows.length > 0) await db.insertInto('maven_trades').values(tradeRows).execute();
  if (decisionRows.length > 0) await db.insertInto('maven_decisions').values(decisionRows).execute();
  if (snapshotRows.length > 0)
    await db.insertInto('maven_portfolio_snapshots').values(snapshotRows).execute();
}
