import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maven } from '../support/cli.js';
import { createTestRepository } from '../support/test-repository.js';
import { generateHistory, importHistory, lastLedgerDay } from './dataset.js';
import { balanceOf, EXCHANGE_ACCOUNT, ledgerJournal } from './ledger-journal.js';
import { importLongHistory, ledgerFileOf } from './long-history.js';

const AWAY = { MAVEN_DATABASE_URL: 'postgres://127.0.0.1:1/none' };

describe('what the bench is run on', () => {
  it('is the same for the same seed', () => {
    const size = { trades: 40, decisions: 9, snapshots: 3 };
    const made = (seed: number): string => JSON.stringify([...generateHistory(size, seed)]);
    expect(made(1)).toBe(made(1));
    expect(made(1)).not.toBe(made(2));
  });

  it('has as many trades as asked for, the newest on the day that is told', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), (trades) => {
        const ledgers = [...generateHistory({ trades, decisions: 0, snapshots: 0 }, 1)].filter(([file]) =>
          file.endsWith('.jsonl'),
        );
        expect(ledgers.at(-1)?.[0]).toBe(lastLedgerDay(trades));
        expect(ledgers.reduce((sum, [, text]) => sum + text.trimEnd().split('\n').length, 0)).toBe(trades);
      }),
      { numRuns: 30 },
    );
  });

  it('is sound, as a year and as years of commits', async () => {
    const year = createTestRepository();
    const years = createTestRepository();
    try {
      await importHistory(year.folder, generateHistory({ trades: 50, decisions: 20, snapshots: 5 }, 1));
      await importLongHistory(years.folder, 300, 1);
      for (const repository of [year, years]) {
        repository.git('reset', '--quiet', '--hard');
        const { stdout, exitCode } = await maven(['verify', '--artifacts-only', '--json'], {
          cwd: repository.folder,
          env: AWAY,
        });
        const { findings } = JSON.parse(stdout) as { findings: readonly { severity: string }[] };
        expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
        expect(exitCode).toBe(0);
      }
      expect(years.git('rev-list', '--count', 'HEAD').trim()).toBe('300');
      expect(years.git('show', '--stat', '--format=', 'HEAD')).toContain(ledgerFileOf(300).split('/').at(-1));
      // A day is 288 commits: the second one has its own ledger.
      expect(years.git('ls-files', '.moha/maven/trades').trim().split('\n')).toHaveLength(2);
      expect(years.git('ls-files', '.moha/maven/snapshots').trim().split('\n')).toHaveLength(25);
      execFileSync('git', ['fsck', '--strict'], { cwd: years.folder, stdio: 'pipe' });
    } finally {
      year.remove();
      years.remove();
    }
  });

  it('is the same money in a journal of ledger', () => {
    const line = (id: number, pnl: string, fees: string): string =>
      JSON.stringify({
        source: 'moha',
        external_trade_id: String(id),
        asset: 'BTC',
        side: 'long',
        realized_pnl_usd: pnl,
        fees_usd: fees,
        closed_at: '2025-01-02T03:04:05.000000+00:00',
      });
    expect([...ledgerJournal([`${line(1, '12.5', '0.25')}\n${line(2, '-3', '0.00000001')}\n`])]).toEqual([
      '2025-01-02 * (moha/1) BTC long\n    Assets:Exchange  12.25 USD\n    Expenses:Fees:BTC  0.25 USD\n    Income:Trading:BTC\n\n',
      '2025-01-02 * (moha/2) BTC long\n    Assets:Exchange  -3.00000001 USD\n    Expenses:Fees:BTC  0.00000001 USD\n    Income:Trading:BTC\n\n',
    ]);
    const report = 'Assets:Exchange\t9.24999999 USD\nExpenses:Fees:BTC\t0.25000001 USD\n\t0\n';
    expect(balanceOf(report, EXCHANGE_ACCOUNT)).toBe('9.24999999');
    expect(balanceOf(report, 'Assets')).toBeNull();
  });
});
