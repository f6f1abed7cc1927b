import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FlowRecord, formatFlow } from '../parsers/flows.js';
import { type Context, listUncountableFlows, openContext, recordFlowCorrection } from '../src/index.js';
import { createTestRepository, type TestRepository } from './support/test-repository.js';

const AWAY = 'postgres://127.0.0.1:1/none';
const MONTH = '.moha/maven/flows/2026/2026-03.jsonl';
const FLOW: FlowRecord = {
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

let repository: TestRepository;
let context: Context;
beforeEach(async () => {
  repository = createTestRepository();
  repository.commit({ [MONTH]: formatFlow(FLOW) });
  context = await openContext({
    repo: repository.folder,
    env: { MAVEN_DATABASE_URL: AWAY, MAVEN_GIT_AUTHOR: 'Test <test@example.com>' },
    clock: () => new Date('2026-03-02T10:00:00Z'),
  });
});
afterEach(async () => {
  await context.close();
  repository.remove();
});

describe('the list of flows that nobody can count', () => {
  it('is empty, names each of them, and says where it may not be whole', async () => {
    expect(await listUncountableFlows(context)).toEqual({ flows: [], faults: [] });
    const unknown: FlowRecord = {
      ...FLOW,
      externalFlowId: 'two',
      flowType: 'somethingNew',
      classification: 'unclassified',
      amountUsd: null,
    };
    repository.commit({ [MONTH]: `${formatFlow(FLOW)}${formatFlow(unknown)}` });
    expect(await listUncountableFlows(context)).toEqual({
      flows: [
        {
          flow: 'hyperliquid/two',
          flowType: 'somethingNew',
          occurredAt: FLOW.occurredAt,
          asset: 'USDC',
          amountAsset: '5000',
          because: expect.stringContaining('not known'),
        },
      ],
      faults: [],
    });
    await recordFlowCorrection(context, { flow: 'two', usd: '1', reason: 'as the bank billed it' });
    expect(await listUncountableFlows(context)).toEqual({ flows: [], faults: [] });
    repository.commit({ [MONTH]: `${formatFlow(FLOW)}{"v":1\n` });
    expect(await listUncountableFlows(context)).toEqual({
      flows: [],
      faults: [expect.stringContaining('is not readable as a whole')],
    });
  });
});
