import { afterEach, describe, expect, it } from 'vitest';
import { listArtifacts } from '../../../src/git/tree.js';
import type { DerivedFinding } from '../../../src/ledger/derived-finding.js';
import { recordFlowCorrection } from '../../../src/ledger/record-flow-correction.js';
import { recountSnapshots } from '../../../src/ledger/recount-snapshots.js';
import { checkSnapshots } from '../../../src/ledger/snapshot/check-snapshots.js';
import type { StandInFlow } from '../../../src/sources/hyperliquid/stand-in/script.js';
import { ACCOUNT, createSnapshotHarness, type SnapshotHarness, SOURCE } from './snapshot-harness.js';

/**
 * Three snapshots: 1000 at 10:00; at 11:00 1507.5, of which 500 were paid in at 10:30; the same at 12:00. A deposit of 7.5
 * at 10:45 is in the equity, and told when a test wants it.
 */
const MOMENTS = [
  { at: '2026-03-01T09:00:00Z', perp: { accountValue: '1000' } },
  { at: '2026-03-01T10:30:00Z', perp: { accountValue: '1500' } },
  { at: '2026-03-01T10:45:00Z', perp: { accountValue: '1507.5' } },
];
const LATE: StandInFlow = { at: '2026-03-01T10:45:00Z', delta: { type: 'deposit', usdc: '7.5' } };

let here: SnapshotHarness;
let flows: StandInFlow[];
afterEach(() => here.remove());

async function play(...hours: readonly string[]): Promise<void> {
  for (const hour of hours) {
    here.clock.set(`2026-03-01T${hour}:00:02.500Z`);
    await here.written();
  }
}

async function begin(): Promise<void> {
  flows = [
    { at: '2026-03-01T09:00:00Z', delta: { type: 'deposit', usdc: '1000' } },
    { at: '2026-03-01T10:30:00Z', delta: { type: 'deposit', usdc: '500' } },
  ];
  here = await createSnapshotHarness({ address: ACCOUNT, moments: MOMENTS, flows });
  await play('10', '11');
}

async function check(): Promise<readonly DerivedFinding[]> {
  const repository = await here.repository.open();
  const tree = here.repository.git('rev-parse', 'HEAD:.moha/maven').trim();
  return checkSnapshots({ repository }, await listArtifacts(repository, tree));
}

const short = (findings: readonly DerivedFinding[]) =>
  findings.map(({ path, column, expected, actual }) => [path.slice(-12, -6), column, expected, actual]);

const ELEVEN = '.moha/maven/snapshots/2026/03/snapshot_20260301T110002Z.json';

const recount = async (dryRun = false) =>
  recountSnapshots({ ...(await here.jobs()), progress: () => undefined }, { dryRun });

describe('a recount', () => {
  it('writes what follows now, changes nothing else, and has nothing to do the second time', async () => {
    await begin();
    flows.push(LATE);
    await play('12');
    const before = here.files('snapshots');
    const planned = await recount(true);
    expect(planned).toMatchObject({ snapshots: [ELEVEN], left: [], commit: null });
    expect(here.files('snapshots')).toEqual(before);
    const report = await recount();
    expect(report.changes).toEqual(planned.changes);
    expect(report.changes.map(({ column, old, new: now }) => [column, old, now])).toEqual([
      ['pnl.all.value_usd', '7.5', '0.0'],
      ['external_flows.net_usd', '500', '507.5'],
    ]);
    const after = here.files('snapshots');
    const expected = (before.get(ELEVEN) ?? '')
      .replace('"value_usd": "7.5"', '"value_usd": "0.0"')
      .replace('"net_usd": "500",\n    "count": 1', '"net_usd": "507.5",\n    "count": 2')
      .replace(/("all": \{\n\s+"value": )"[^"]+"/, '$1"0.000000"');
    expect(after.get(ELEVEN)).toBe(expected);
    expect([...after.keys()]).toEqual([...before.keys()]);
    expect(await check()).toEqual([]);
    expect(await recount()).toEqual({ snapshots: [], changes: [], left: [], unchecked: [], commit: null });
    // Told later still, the next flow is named alone.
    flows.push({ at: '2026-03-01T10:50:00Z', delta: { type: 'deposit', usdc: '1' } });
    await play('13');
    expect((await check()).map(({ message }) => message.replace(/^.* now: /, ''))).toContainEqual(
      'recorded later: deposit of 1 USD at 2026-03-01T10:50:00.000000+00:00',
    );
  });

  it('explains what another clone had recorded before, and a merge has brought after', async () => {
    await begin();
    const [[path = '', text = ''] = []] = [...here.files('flows')].slice(-1);
    const line = text.trim().split('\n').at(-1) ?? '';
    const twin = line
      .replaceAll('"500"', '"500.5"')
      .replace(/("external_flow_id":"[^"]+)"/, '$1:2"')
      .replace(/"recorded_at":"[^"]+"/, '"recorded_at":"2026-03-01T10:31:00.000000+00:00"');
    expect(twin).not.toBe(line);
    here.repository.commit({ [path]: `${text}${twin}\n` });
    const [finding] = await check();
    expect(finding?.message).toContain('recorded later: deposit of 500.5 USD at 2026-03-01T10:30:00');
    expect(await recount()).toMatchObject({ snapshots: [ELEVEN], left: [] });
    expect(await check()).toEqual([]);
  });

  it('leaves what nobody can count until somebody says how', async () => {
    await begin();
    flows.push({ at: '2026-03-01T10:50:00Z', delta: { type: 'somethingNew' } });
    await play('12');
    expect(await recount()).toMatchObject({
      snapshots: [],
      left: [{ column: 'pnl.all.value_usd' }, { column: 'external_flows.net_usd' }],
      commit: null,
    });
    await recordFlowCorrection(await here.jobs(), { flow: 'somethingNew', usd: '7.5', reason: 'a gift' });
    expect(await recount()).toMatchObject({ snapshots: [ELEVEN], left: [] });
    expect(await check()).toEqual([]);
  });
});

describe('numbers of snapshots that no longer follow', () => {
  it('there are none while nothing came late', async () => {
    await begin();
    await play('12', '13');
    expect(await check()).toEqual([]);
  });

  it('a flow told late is named, with both numbers, for the snapshots that lack it and for no other', async () => {
    await begin();
    flows.push(LATE);
    await play('12');
    const findings = await check();
    expect(short(findings)).toEqual([
      ['110002', 'pnl.all.value_usd', '0.0', '7.5'],
      ['110002', 'external_flows.net_usd', '507.5', '500'],
    ]);
    expect(findings[0]).toEqual({
      code: 'PNL_STALE',
      severity: 'warning',
      path: ELEVEN,
      line: expect.any(Number),
      key: `${SOURCE}/${ACCOUNT} at 2026-03-01T11:00:02.500000+00:00`,
      column: 'pnl.all.value_usd',
      expected: '0.0',
      actual: '7.5',
      mend: expect.stringContaining('maven-git recount'),
      message:
        'pnl.all.value_usd says 7.5, 0.0 follows now: recorded later: deposit of 7.5 USD at 2026-03-01T10:45:00.000000+00:00',
    });
    const lines = (here.files('snapshots').get(ELEVEN) ?? '').split('\n');
    expect(lines[(findings[0]?.line ?? 0) - 1]).toContain('"value_usd": "7.5"');
    expect(lines[(findings[1]?.line ?? 0) - 1]).toContain('"net_usd": "500"');
  });

  it('a correction of a flow changes what follows', async () => {
    await begin();
    await recordFlowCorrection(await here.jobs(), { flow: '0002:', usd: '507.5', reason: 'a fee' });
    expect(short(await check())).toEqual([
      ['110002', 'pnl.all.value_usd', '0.0', '7.5'],
      ['110002', 'external_flows.net_usd', '507.5', '500'],
    ]);
  });

  it('where nobody knows any more how a flow counts, nothing follows', async () => {
    await begin();
    flows.push({ at: '2026-03-01T10:50:00Z', delta: { type: 'somethingNew' } });
    await play('12');
    const findings = await check();
    expect(short(findings)).toEqual([
      ['110002', 'pnl.all.value_usd', null, '7.5'],
      ['110002', 'external_flows.net_usd', null, '500'],
    ]);
    for (const found of findings)
      expect(found).toMatchObject({
        code: 'PNL_NOT_DERIVED',
        severity: 'error',
        mend: expect.stringContaining('maven-git record flow-correction'),
      });
  });

  it.each([
    ['the number', ELEVEN, '"value_usd": "7.5"', '"value_usd": "8.5"', 'pnl.all.value_usd', '7.5', '8.5'],
    [
      'the equity',
      ELEVEN,
      '"total_value_usd": "1507.5"',
      '"total_value_usd": "1508.5"',
      'pnl.all.value_usd',
      '8.5',
      '7.5',
    ],
    [
      'the baseline',
      ELEVEN.replace('T11', 'T10'),
      '"total_value_usd": "1000"',
      '"total_value_usd": "999"',
      'pnl.all.value_usd',
      '8.5',
      '7.5',
    ],
    [
      'the window',
      ELEVEN,
      '"window_seconds": 3600',
      '"window_seconds": 3601',
      'pnl.all.window_seconds',
      '3600',
      '3601',
    ],
    ['the flows', ELEVEN, '"net_usd": "500"', '"net_usd": "501"', 'external_flows.net_usd', '500', '501'],
    ['their number', ELEVEN, '"count": 1', '"count": 2', 'external_flows.count', '1', '2'],
  ])(
    'an edit of %s is found, and no flow explains it',
    async (_, path, from, to, column, expected, actual) => {
      await begin();
      const text = here.files('snapshots').get(path) ?? '';
      expect(text).toContain(from);
      here.repository.commit({ [path]: text.replace(from, to) });
      const findings = await check();
      expect(short(findings)).toEqual([['110002', column, expected, actual]]);
      expect(findings[0]).toMatchObject({
        code: 'PNL_NOT_DERIVED',
        severity: 'error',
        message: expect.stringContaining('no flow that was told later explains it'),
        mend: expect.stringContaining('put the file back'),
      });
      // What somebody has edited is not made to look right.
      expect(await recount()).toMatchObject({ snapshots: [], left: [{ column }], commit: null });
    },
  );

  it('a baseline that is gone, partial or beside the window is none', async () => {
    await begin();
    const ten = ELEVEN.replace('T11', 'T10');
    const text = here.files('snapshots').get(ten) ?? '';
    here.repository.commit({ [ten]: text.replace('"complete"', '"partial"') });
    expect(short(await check())).toEqual([['110002', 'pnl.all.value_usd', null, '7.5']]);
    here.repository.commit({ [ten]: null });
    const [finding] = await check();
    expect(finding).toMatchObject({
      expected: null,
      message: expect.stringContaining('not at this revision'),
    });
  });

  it('where a flow file is damaged, it is told how many snapshots could not be counted, and why', async () => {
    await begin();
    await play('12');
    const [[path = '', text = ''] = []] = [...here.files('flows')].slice(-1);
    here.repository.commit({ [path]: text.replace('"amount_usd":"500"', '"amount_usd":"5oo"') });
    expect(await check()).toEqual([
      {
        code: 'PNL_NOT_CHECKED',
        severity: 'error',
        path: expect.stringContaining('snapshot_20260301T1'),
        line: null,
        key: expect.stringMatching(/^\d snapshots$/),
        column: null,
        expected: null,
        actual: null,
        mend: expect.stringContaining('put the file right'),
        message: expect.stringContaining(`${path} is not readable as a whole`),
      },
    ]);
    const { snapshots, changes, left, unchecked, commit } = await recount();
    expect({ snapshots, changes, left, commit }).toEqual({
      snapshots: [],
      changes: [],
      left: [],
      commit: null,
    });
    expect(unchecked).toEqual([
      {
        because: expect.stringContaining(path),
        mend: expect.stringContaining('put the file right'),
        snapshots: expect.arrayContaining([ELEVEN, ELEVEN.replace('T11', 'T12')]),
      },
    ]);
  });
});
