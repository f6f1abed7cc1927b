import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { flowBook } from '../parsers/flow-book.js';
import { type FlowRecord, formatFlow, parseFlows } from '../parsers/flows.js';
import { foldFlows } from '../parsers/fold-flows.js';
import { type Context, recordFlowCorrection, verify } from '../src/index.js';
import { mergeArtifact } from '../src/merge-artifact.js';
import { createFlowRepository, FLOW, FLOW_FILE } from './support/flow-repository.js';
import { AWAY, openTestContext } from './support/test-context.js';
import type { TestRepository } from './support/test-repository.js';

let repository: TestRepository;
let context: Context;
let now: string;
beforeEach(async () => {
  repository = createFlowRepository();
  now = '2026-03-02T10:00:00Z';
  context = await openTestContext(repository, AWAY, () => new Date(now));
});
afterEach(async () => {
  await context.close();
  repository.remove();
});

const text = (): string => readFileSync(path.join(repository.folder, FLOW_FILE), 'utf8');
const read = () => parseFlows(text(), FLOW_FILE);
const folded = () => foldFlows(read().records.map(({ record }) => record));
const net = (): string | null =>
  flowBook(
    read().records.map(({ record }) => record),
    { source: 'hyperliquid', account: '0xa' },
  ).between(null, FLOW.occurredAt).netUsd;

async function correct(usd: string, at: string): Promise<void> {
  now = at;
  await recordFlowCorrection(context, { flow: 'one', usd, reason: 'as the bank billed it' });
}

/** One clone says 4900, another one that knows nothing of it 4800; then `main` takes the other in. */
async function mergeOfTwo(first: string, second: string): Promise<void> {
  repository.git('checkout', '--quiet', '-b', 'other');
  await correct('4800', second);
  repository.git('checkout', '--quiet', 'main');
  await correct('4900', first);
  repository.git('merge', '--quiet', '--no-commit', '--strategy=ours', 'other');
  const base = repository.git('merge-base', 'main', 'other').trim();
  const show = (revision: string, file: string): string =>
    repository.git('ls-tree', '-r', '--name-only', revision).split('\n').includes(file)
      ? repository.git('show', `${revision}:${file}`)
      : '';
  const merged: Record<string, string> = {};
  for (const file of repository.git('diff', '--name-only', base, 'other').trim().split('\n')) {
    const [before, ours, theirs] = [show(base, file), show('main', file), show('other', file)];
    const result = await mergeArtifact(file, before, ours, theirs);
    expect(result.conflicts).toEqual([]);
    expect((await mergeArtifact(file, before, theirs, ours)).text).toBe(result.text);
    merged[file] = result.text;
  }
  expect(Object.keys(merged)).toContain(FLOW_FILE);
  repository.commit(merged, 'merge: other');
  expect(repository.git('rev-list', '--parents', '-1', 'HEAD').trim().split(' ')).toHaveLength(3);
}

const check = () => verify(context, { artifactsOnly: true });

describe('two clones that correct one flow', () => {
  it.each([
    ['2026-03-02T10:00:00Z', '2026-03-02T11:00:00Z', '4800'],
    ['2026-03-02T11:00:00Z', '2026-03-02T10:00:00Z', '4900'],
  ])('merge without a conflict, and what was recorded last counts: %s, %s', async (first, second, counts) => {
    await mergeOfTwo(first, second);
    expect(text().trim().split('\n')).toHaveLength(3);
    expect(net()).toBe(counts);
    expect(read().problems).toEqual([
      {
        code: 'REVISION_CONFLICT',
        severity: 'warning',
        path: FLOW_FILE,
        line: 3,
        message:
          "'hyperliquid/one': correction 1 has several contents, on lines 2, 3; line 3, recorded last, counts until a later correction settles it",
      },
    ]);
    const report = await check();
    expect(report).toMatchObject({ errors: 0, layers: { artifacts: 'ok' } });
    expect(report.findings).toEqual([
      expect.objectContaining({
        code: 'REVISION_CONFLICT',
        severity: 'warning',
        mend: expect.stringContaining('maven-git record flow-correction'),
      }),
    ]);
  });

  it('in one moment too: neither line is lost', async () => {
    await mergeOfTwo('2026-03-02T10:00:00Z', '2026-03-02T10:00:00Z');
    expect(folded()[0]?.corrections).toHaveLength(2);
    expect((await check()).errors).toBe(0);
  });

  it('are settled by a third, be it that the one that counts already is right', async () => {
    await mergeOfTwo('2026-03-02T10:00:00Z', '2026-03-02T11:00:00Z');
    await correct('4800', '2026-03-02T12:00:00Z');
    expect(net()).toBe('4800');
    expect(read().problems).toEqual([]);
    expect(await check()).toMatchObject({ errors: 0, findings: [] });
    await expect(correct('4800', '2026-03-02T13:00:00Z')).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: 'hyperliquid/one counts so already',
    });
  });
});

describe('the id of a correction', () => {
  it('names its flow, its number and its content', async () => {
    await correct('4900', '2026-03-02T10:00:00Z');
    await correct('4800', '2026-03-02T11:00:00Z');
    expect(folded()[0]?.corrections.map(({ externalFlowId }) => externalFlowId)).toEqual([
      expect.stringMatching(/^one#1-[0-9a-f]{8}$/),
      expect.stringMatching(/^one#2-[0-9a-f]{8}$/),
    ]);
  });

  it('of earlier versions has no digest, and is read and counted up as ever', async () => {
    const old: FlowRecord = {
      ...FLOW,
      externalFlowId: 'one#1',
      recordedAt: '2026-03-01T12:00:00.000000+00:00',
      flowType: 'correction',
      amountUsd: '4700',
      amountAsset: '4700',
      metadata: '{"account":"0xa","corrects":"one","number":1,"settles":[],"reason":"x"}',
    };
    repository.commit({ [FLOW_FILE]: formatFlow(FLOW) + formatFlow(old) });
    expect([read().problems, net()]).toEqual([[], '4700']);
    await correct('4900', '2026-03-02T10:00:00Z');
    expect([read().problems, net()]).toEqual([[], '4900']);
    expect(folded()[0]?.corrections.at(-1)?.externalFlowId).toMatch(/^one#2-/);
  });
});
