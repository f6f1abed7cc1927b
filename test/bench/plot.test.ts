import { describe, expect, it } from 'vitest';
import { growthPlot } from './plot.js';
import { groupOf, resultsOf, STATUS } from './sample-results.js';

describe('the plot of growth', () => {
  it('draws time and memory of each command against the number of trades', async () => {
    const verify = { ...STATUS, id: 'verify', what: 'verify', goal: null };
    const svg = await growthPlot(resultsOf(groupOf('growth', { growth: [STATUS, verify] })));
    expect(svg).toMatch(/^<svg /);
    for (const text of [
      'Trades in the ledger',
      'Postgres: time, median (s)',
      'Postgres: peak memory (MiB)',
      'status',
      'verify',
      '10k',
      '1M',
      'of course grows',
    ])
      expect(svg).toContain(`>${text}</text>`);
    expect(svg).not.toMatch(/NaN|undefined|<script|href=/);
  });

  it('is not drawn over a single size', async () => {
    const [, one] = STATUS.points;
    const row = { ...STATUS, points: one === undefined ? [] : [one] };
    expect(await growthPlot(resultsOf(groupOf('growth', { growth: [row] })))).toBeNull();
    expect(await growthPlot(resultsOf(groupOf('start', {})))).toBeNull();
  });
});
