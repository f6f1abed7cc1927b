import { roundDecimal } from '../parsers/decimal-arithmetic.js';
import { openContext } from './context.js';
import type { WrittenSnapshot } from './ledger/snapshot/snapshot-report.js';
import { type OnRehearsalStep, rehearsalFailed } from './rehearsal.js';
import { openSnapshotJob } from './snapshot-job.js';
import type { StandInScript } from './sources/hyperliquid/stand-in/script.js';
import { startStandIn } from './sources/hyperliquid/stand-in/start-stand-in.js';

const ADDRESS = `0x${'1dea'.repeat(10)}`;
const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 0, 7);
/** A week, a snapshot a day: as many as the limit of requests lets through at once. */
const SNAPSHOTS = Array.from({ length: 8 }, (_, i) => START_MS + i * 24 * HOUR_MS);
/** 5,000 USD come in on the evening before the last day. */
const DEPOSIT_MS = START_MS + (6 * 24 + 20) * HOUR_MS;

/**
 * Takes a week of snapshots from a stand-in for the exchange, over real HTTP: an account that earns 1 USD an hour and
 * receives a deposit, which must be no profit.
 *
 * @throws {@link MavenError} PROJECTION_UNPROVEN when the P&L is not what the script earns.
 */
export async function rehearseSnapshots(folder: string, onStep: OnRehearsalStep): Promise<void> {
  const started = performance.now();
  let now = START_MS;
  const clock = () => new Date(now);
  const standIn = await startStandIn({ script: script(), clock });
  const context = await openContext({
    repo: folder,
    clock,
    env: {
      MAVEN_GIT_AUTHOR: 'Maven <maven@localhost>',
      HYPERLIQUID_ADDRESS: ADDRESS,
      HYPERLIQUID_API_URL: standIn.url,
    },
  });
  const job = await openSnapshotJob(context, { sleep: async () => undefined });
  try {
    let last: WrittenSnapshot | null = null;
    for (now of SNAPSHOTS) {
      const report = await job.take({ type: 'scheduled', intervalSeconds: 3600, dryRun: false, wait: true });
      if (report.outcome !== 'written') throw rehearsalFailed('snapshots', report);
      last = report;
    }
    if (last === null) return;
    const { pnl, totalValueUsd } = last.record;
    const said = (['24h', '7d'] as const).map(
      (window) => `${window} ${roundDecimal(pnl[window].valueUsd ?? '0', 2)}`,
    );
    onStep({
      name: 'snapshots',
      detail: `${SNAPSHOTS.length} over a week, total value ${roundDecimal(totalValueUsd ?? '0', 2)} USD; P&L ${said.join(', ')} USD: the deposit of 5000.00 is none of it`,
      seconds: (performance.now() - started) / 1000,
    });
    if (pnl['24h'].valueUsd === null || roundDecimal(pnl['24h'].valueUsd, 2) !== '24.00')
      throw rehearsalFailed('snapshots', pnl);
    if (pnl['7d'].valueUsd === null || roundDecimal(pnl['7d'].valueUsd, 2) !== '168.00')
      throw rehearsalFailed('snapshots', pnl);
  } finally {
    await job.close();
    await context.close();
    await standIn.close();
  }
}

function script(): StandInScript {
  return {
    address: ADDRESS,
    moments: SNAPSHOTS.map((moment) => {
      const earned = (moment - START_MS) / HOUR_MS;
      const deposited = moment >= DEPOSIT_MS ? 5000 : 0;
      return {
        at: new Date(moment).toISOString(),
        perp: { accountValue: `${10_000 + earned + deposited}.0` },
      };
    }),
    flows: [{ at: new Date(DEPOSIT_MS).toISOString(), delta: { type: 'deposit', usdc: '5000.0' } }],
  };
}
