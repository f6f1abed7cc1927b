import { type FlowRecord, formatFlow } from '../../../parsers/flows.js';
import { flowsPath } from '../../../parsers/paths.js';
import { flowsOfAccount } from '../../../src/ledger/snapshot/account-flows.js';
import { ExactNumber } from '../../../src/sources/hyperliquid/exact-value.js';
import { flowsOfUpdates } from '../../../src/sources/hyperliquid/flows-of-updates.js';
import { ledgerUpdates } from '../../../src/sources/hyperliquid/ledger-schema.js';
import { ACCOUNT } from './account.js';
import { type Amount, amountText, usd } from './amount.js';
import { DAY, HOUR, type Instant, MINUTE, SECOND } from './instant.js';
import type { Shot } from './snapshots.js';

/** A deposit or withdrawal of the story. */
export interface Flow {
  readonly hash: string;
  readonly instant: Instant;
  readonly amount: Amount;
}

/** What the exchange takes of each withdrawal; it leaves the account too. */
const WITHDRAWAL_FEE = usd(1);

/** The account is opened with a deposit an hour into the story; two more and a withdrawal follow. */
export function makeFlows(start: Instant): readonly Flow[] {
  const at = (day: number, dollars: number): Flow => ({
    hash: `0x${String(7_210_000 + day * 13).padStart(64, '0')}`,
    instant: start + day * DAY + HOUR + 17 * MINUTE + 4 * SECOND + 250_000,
    amount: usd(dollars),
  });
  return [at(0, 25_000), at(12, 5_000), at(31, -3_500), at(52, 2_000)];
}

/** The flows as the snapshot job makes them of what the exchange tells. */
export function flowRecords(flows: readonly Flow[], recordedAt: string): readonly FlowRecord[] {
  const updates = flows.map(({ hash, instant, amount }) => ({
    time: new ExactNumber(String(instant / 1000)),
    hash,
    delta:
      amount > 0n
        ? { type: 'deposit', usdc: `${amountText(amount)}.0` }
        : {
            type: 'withdraw',
            usdc: `${amountText(-amount - WITHDRAWAL_FEE)}.0`,
            nonce: new ExactNumber(String(instant / 1000)),
            fee: `${amountText(WITHDRAWAL_FEE)}.0`,
          },
  }));
  return flowsOfAccount(
    flowsOfUpdates(ledgerUpdates.parse(updates), ACCOUNT.account, recordedAt).flows,
    ACCOUNT,
  );
}

/** The flows' files, by month: each flow is recorded with the first snapshot after it that could read flows. */
export function flowFiles(flows: readonly Flow[], shots: readonly Shot[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const flow of flows) {
    const shot = shots.find(({ instant, complete }) => complete && instant >= flow.instant);
    if (shot === undefined) continue;
    for (const record of flowRecords([flow], shot.record.recordedAt)) {
      const path = flowsPath(record.occurredAt);
      files.set(path, (files.get(path) ?? '') + formatFlow(record));
    }
  }
  return files;
}
