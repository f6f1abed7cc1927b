import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FlowRecord, formatFlow } from '../parsers/flows.js';
import { type Context, listUncountableFlows, recordFlowCorrection } from '../src/index.js';
import { createFlowRepository, FLOW, FLOW_FILE } from './support/flow-repository.js';
import { AWAY, openTestContext } from './support/test-context.js';
import type { TestRepository } from './support/test-repository.js';

let repository: TestRepository;
let context: Context;
beforeEach(async () => {
  repository = createFlowRepository();
  context = await openTestContext(repository, AWAY, () => new Date('2026-03-02T10:00:00Z'));
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
    repository.commit({ [FLOW_FILE]: `${formatFlow(FLOW)}${formatFlow(unknown)}` });
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
    repository.commit({ [FLOW_FILE]: `${formatFlow(FLOW)}{"v":1\n` });
    expect(await listUncountableFlows(context)).toEqual({
      flows: [],
      faults: [expect.stringContaining('is not readable as a whole')],
    });
  });
});
