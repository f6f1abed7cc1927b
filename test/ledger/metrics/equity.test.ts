import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EquityReading, PeriodTally } from '../../../parsers/performance-tally.js';
import { ALL_TIME, type Period, periodAt } from '../../../parsers/period.js';
import { parseSnapshot } from '../../../parsers/snapshot.js';
import { equityHistory, equityOf } from '../../../src/ledger/metrics/equity.js';
import { foldPerformance } from '../../../src/ledger/metrics/fold-performance.js';
import { riskOf } from '../../../src/ledger/metrics/risk.js';
import { trade } from '../../projection/fixtures.js';

const SNAPSHOTS = join(import.meta.dirname, '../../../fixtures/history/.moha/maven/snapshots');

const at = (day: number) => `2026-01-${String(day).padStart(2, '0')}T12:00:00.000000+00:00`;

/** A reading of a day whose flows begin on another; null = ever. */
function reading(
  day: number,
  since: number | null,
  valueUsd: string | null,
  flowUsd: string | null,
): EquityReading {
  return { at: at(day), account: 'h/main', valueUsd, flowUsd, since: since === null ? null : at(since) };
}

const FIRST = reading(1, null, '1000', '1000');
const UNREAD = reading(2, 1, null, null);

function flows(readings: readonly EquityReading[]): readonly (string | null)[] {
  return equityHistory(readings).points.map(({ flowUsd }) => flowUsd);
}

function riskBySnapshots(readings: readonly EquityReading[], period: Period = ALL_TIME) {
  const closed = trade(1, { status: 'closed', realizedPnlUsd: '-5', feesUsd: '0', closedAt: at(5) });
  const content = { trades: [closed], decisions: new Map(), equity: readings };
  const facts = foldPerformance(content, { kinds: [period.period], periods: [period] });
  return riskOf(facts.tallies[0] as PeriodTally, { equity: equityHistory(facts.equity), days: facts.days });
}

describe('the chain of snapshots', () => {
  it('passes over a snapshot that could not read its flows, where the next reaches back over it', () => {
    const readings = [FIRST, UNREAD, reading(3, 1, '1250', '300'), reading(4, 3, '1225', '0')];
    expect(flows(readings)).toEqual([null, '300', '0']);
    const risk = riskBySnapshots(readings);
    // -50 by day 3, -25 more by day 4, of 1000 and the 300 that were paid in.
    expect(risk).toMatchObject({ basis: 'snapshots', maxDrawdownUsd: '75', maxDrawdownPct: '5.7692' });
    expect(risk.maxDrawdownTo).toBe(at(4));
  });

  it('passes over several, and over one at the very beginning', () => {
    const twice = [FIRST, UNREAD, reading(3, 1, null, null), reading(4, 1, '1250', '300')];
    expect(flows(twice)).toEqual([null, '300']);
    expect(
      flows([reading(1, null, null, null), reading(2, null, '9', '9'), reading(3, 2, '8', '1')]),
    ).toEqual([null, '1']);
  });

  it('adds the flows of snapshots that have no value', () => {
    expect(flows([FIRST, reading(2, 1, null, '200'), reading(3, 2, '1500', '300')])).toEqual([null, '500']);
  });

  it('counts nothing twice where two clones told of one stretch', () => {
    const readings = [FIRST, reading(2, 1, '1200', '200'), reading(3, 1, '1500', '500')];
    expect(flows(readings)).toEqual([null, '200', '300']);
  });

  it.each([
    ['reaches back to the unread one only', reading(3, 2, '1250', '300')],
    [
      'reaches back into the middle',
      { ...reading(3, 2, '1250', '300'), since: '2026-01-01T18:00:00.000000+00:00' },
    ],
    ['begins after its own time', reading(3, 4, '1250', '300')],
    ['does not know its flows either', reading(3, 1, '1250', null)],
  ])('is broken where the next %s, and says so', (_, next) => {
    const readings = [FIRST, UNREAD, next, reading(4, 3, '1225', '0')];
    expect(equityOf(equityHistory(readings), ALL_TIME).broken).toEqual({ from: at(1), to: at(3) });
    const { basis, maxDrawdownPct, reasons } = riskBySnapshots(readings);
    expect([basis, maxDrawdownPct]).toEqual(['realized', null]);
    const reason = `external flows between the snapshots of ${at(1)} and ${at(3)} are not known`;
    expect(reasons).toEqual([
      ['sharpe_ratio', reason],
      ['sortino_ratio', reason],
      ['max_drawdown_pct', reason],
    ]);
  });

  it('breaks only the periods that hold the break', () => {
    const readings = [
      FIRST,
      UNREAD,
      reading(3, 2, '1250', '300'),
      reading(4, 3, '1225', '0'),
      reading(5, 4, '1200', '0'),
    ];
    const day = periodAt('day', at(5)) as Period;
    expect(riskBySnapshots(readings, day)).toMatchObject({ basis: 'snapshots', maxDrawdownUsd: '25' });
  });

  it('says which snapshots are missing', () => {
    expect(riskBySnapshots([FIRST]).reasons).toContainEqual([
      'max_drawdown_pct',
      'fewer than 2 complete snapshots',
    ]);
    expect(riskBySnapshots([FIRST], periodAt('day', at(5)) as Period).reasons).toContainEqual([
      'max_drawdown_pct',
      'no complete snapshot within 24 hours before the period',
    ]);
  });

  it('holds over the whole history of the fixture, which has snapshots that could not read their flows', () => {
    const readings = readdirSync(SNAPSHOTS, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.json'))
      .sort()
      .flatMap((path) => parseSnapshot(readFileSync(join(SNAPSHOTS, path), 'utf8'), path).records)
      .map(
        ({ record }): EquityReading => ({
          at: record.snapshotAt,
          account: record.account,
          valueUsd: record.quality.status === 'complete' ? record.totalValueUsd : null,
          flowUsd: record.externalFlows.netUsd,
          since: record.externalFlows.since,
        }),
      );
    expect(readings.filter(({ flowUsd }) => flowUsd === null).map((one) => one.at)).toContain(
      '2026-01-02T12:00:02.518000+00:00',
    );
    expect(equityOf(equityHistory(readings), ALL_TIME).broken).toBe(null);
  });
});
