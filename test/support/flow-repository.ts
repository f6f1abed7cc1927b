import { type FlowRecord, formatFlow } from '../../parsers/flows.js';
import { createTestRepository, type TestRepository } from './test-repository.js';

/** The file that {@link FLOW} stands in. */
export const FLOW_FILE = '.moha/maven/flows/2026/2026-03.jsonl';

/** A deposit of 5000 USDC that counts. */
export const FLOW: FlowRecord = {
  source: 'hyperliquid',
  externalFlowId: 'one',
  occurredAt: '2026-03-01T10:00:00.000000+00:00',
  recordedAt: '2026-03-01T10:00:02.000000+00:00',
  flowType: 'deposit',
  classification: 'external',
  amountUsd: '5000',
  asset: 'USDC',
  amountAsset: '5000',
  metadata: '{"account":"0xa"}',
};

/** A repository that holds this one flow. */
export function createFlowRepository(): TestRepository {
  const repository = createTestRepository();
  repository.commit({ [FLOW_FILE]: formatFlow(FLOW) });
  return repository;
}
