import { type FlowRecord, formatFlow } from '../../../parsers/flows.js';
import { flowsPath } from '../../../parsers/paths.js';
import { type Amount, amountText, usd } from './amount.js';
import { DAY, HOUR, type Instant, MINUTE, nextSlot, SECOND, timeText } from './instant.js';

/** A deposit or withdrawal of the story. */
export interface Flow {
  readonly instant: Instant;
  readonly amount: Amount;
}

/** The account is opened with a deposit an hour into the story; two more and a withdrawal follow. */
export function makeFlows(start: Instant): readonly Flow[] {
  const at = (day: number, dollars: number): Flow => ({
    instant: start + day * DAY + HOUR + 17 * MINUTE + 4 * SECOND + 250_000,
    amount: usd(dollars),
  });
  return [at(0, 25_000), at(12, 5_000), at(31, -3_500), at(52, 2_000)];
}

/** The flows' files, by month. */
export function flowFiles(flows: readonly Flow[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const [index, flow] of flows.entries()) {
    const record = recordOf(flow, index);
    const path = flowsPath(record.occurredAt);
    files.set(path, (files.get(path) ?? '') + formatFlow(record));
  }
  return files;
}

function recordOf({ instant, amount }: Flow, index: number): FlowRecord {
  return {
    source: 'hyperliquid',
    externalFlowId: `0x${String(7_210_000 + index * 13).padStart(64, '0')}`,
    occurredAt: timeText(instant),
    recordedAt: timeText(nextSlot(instant, HOUR)),
    flowType: amount > 0n ? 'deposit' : 'withdraw',
    classification: 'external',
    amountUsd: amountText(amount),
    asset: 'USDC',
    amountAsset: amountText(amount),
    metadata: null,
  };
}
