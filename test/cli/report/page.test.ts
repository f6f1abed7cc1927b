import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDecimals, compareDecimals } from '../../../parsers/decimal-arithmetic.js';
import { decisionPath } from '../../../parsers/paths.js';
import { reportPage } from '../../../src/cli/report/page.js';
import {
  type Context,
  decisions,
  equitySeries,
  listTrades,
  performance,
  portfolio,
  type ReportOptions,
  report,
  winRate,
} from '../../../src/index.js';
import { DAY_ONE, decision, ledger, trade } from '../../projection/fixtures.js';
import { hour, snapshot, snapshotFiles } from '../../projection/snapshot-fixtures.js';
import { createServerDatabase } from '../../support/databases.js';
import { createDemoRepository } from '../../support/demo-repository.js';
import { AWAY, openTestContext } from '../../support/test-context.js';
import { createTestRepository, type TestRepository } from '../../support/test-repository.js';
import { all, type Element, figure, named, readPage, section, textOf, valuesIn } from './read-page.js';

const NOW = '2026-01-16T00:30:00.000Z';

describe('the report', () => {
  let repository: TestRepository;
  let created: Awaited<ReturnType<typeof createServerDatabase>>;
  let context: Context;
  beforeAll(async () => {
    created = await createServerDatabase();
    repository = createDemoRepository();
    context = await open(repository, created.url);
  });
  afterAll(async () => {
    await context.close();
    await created.drop();
    repository.remove();
  });

  it('shows the numbers that the questions answer, exact beside what is rounded', async () => {
    const { told, page, text } = await pageOf(context, { verify: false });
    const asked = await performance(context, { period: 'all_time' });
    const number = (name: keyof typeof asked.numbers) => asked.numbers[name].value;
    const first = (name: string) => valuesIn(figure(page, name).value)[0];
    expect(first('Net P&L of trades, all time')).toBe(number('total_pnl_usd'));
    expect(first('Profit factor')).toBe(number('profit_factor'));
    expect(first('Maximum drawdown')).toBe(number('max_drawdown_usd'));
    expect(first('Expectancy')).toBe(number('expectancy_usd'));
    expect(first('Fees')).toBe(number('total_fees_usd'));
    const { win_rate: rate } = await winRate(context);
    expect(first('Win rate')).toBe(rate.value);
    expect(figure(page, 'Win rate').basis).toContain(`of ${rate.n} trades; 95 % interval`);
    // One snapshot of this history could not read its flows; the next reaches back over it.
    expect(number('sharpe_ratio')).not.toBe(null);
    expect(first('Sharpe ratio')).toBe(number('sharpe_ratio'));

    const held = await portfolio(context);
    expect(first('Account value')).toBe(held.snapshot?.total_value_usd);
    const windows = ['24 hours', '7 days', '30 days', 'all time'].map((name) =>
      first(`Account P&L, ${name}`),
    );
    expect(windows).toEqual(held.snapshot?.pnl.map(({ value }) => value));
    expect(windows.filter((value) => value === undefined)).toEqual([]);

    const list = await decisions(context, { limit: 50 });
    const rows = named(section(page, 'decisions'), 'tbody').flatMap((body) => named(body, 'tr'));
    expect(rows.map((row) => valuesIn(row).at(-1) ?? null)).toEqual(
      list.decisions.map(({ net_pnl_usd: net, confidence_pct }) => net ?? confidence_pct),
    );
    expect(textOf(section(page, 'decisions'))).toContain(`${list.total - 50} older ones are counted`);

    const openTrades = await listTrades(context, { status: 'open' });
    expect(named(section(page, 'open'), 'tr')).toHaveLength(1 + openTrades.total);
    expect(told.revision).toBe(repository.git('rev-parse', 'HEAD').trim());
    expect(text).toContain(`title="${told.revision}"`);
    expect(textOf(page)).toContain('2026-01-16\u00a000:30\u00a0UTC');
  });

  it('groups and days add up to what the trades themselves say', async () => {
    const { told, page } = await pageOf(context, { verify: false });
    const { trades } = await listTrades(context, { limit: 1_000_000 });
    const ended = trades.filter(
      ({ status, net_pnl_usd: net, closed_at: at }) =>
        /closed|liquidated/.test(status) && net !== null && at !== null,
    );
    expect(ended.length).toBeGreaterThan(500);
    const sums = (key: (one: (typeof ended)[number]) => string) => {
      const found = new Map<string, string>();
      for (const one of ended)
        found.set(key(one), addDecimals(found.get(key(one)) ?? '0', one.net_pnl_usd ?? '0'));
      return found;
    };
    const same = (shown: ReadonlyMap<string, string>, counted: ReadonlyMap<string, string>) => {
      expect([...shown.keys()].sort()).toEqual([...counted.keys()].sort());
      for (const [key, value] of shown) expect(compareDecimals(value, counted.get(key) ?? 'x'), key).toBe(0);
    };
    const cells = named(section(page, 'calendar'), 'td').filter(({ attributes }) => attributes.title);
    const shownDays = cells.map(
      (cell) => [(cell.attributes.title ?? '').slice(0, 10), valuesIn(cell)[0] ?? ''] as const,
    );
    same(
      new Map(shownDays),
      sums(({ closed_at: at }) => at?.slice(0, 10) ?? ''),
    );
    for (const [id, key] of [
      ['assets', 'asset'],
      ['bots', 'source_bot_id'],
    ] as const) {
      const rows = named(section(page, id), 'tbody').flatMap((body) => named(body, 'tr'));
      const shown = rows.map(
        (row) => [textOf(named(row, 'bdi')[0] ?? ''), valuesIn(row).at(-1) ?? ''] as const,
      );
      same(
        new Map(shown),
        sums((one) => one[key] ?? ''),
      );
    }
    expect(told.earned.at(-1)?.total_usd).toBe(told.performance.totalPnlUsd);
    const series = await equitySeries(context, { maxPoints: 1_000_000 });
    const amounts = series.points.map(({ equity_usd: usd }) => usd).sort(compareDecimals);
    const caption = named(page, 'figcaption')[0];
    expect(caption === undefined ? [] : valuesIn(caption)).toEqual([
      series.points[0]?.equity_usd,
      series.points.at(-1)?.equity_usd,
      amounts[0],
      amounts.at(-1),
    ]);
  });

  it('is one sound document that says what each part is and loads nothing', async () => {
    const { page, text } = await pageOf(context);
    const elements = all(page);
    const ids = elements.flatMap(({ attributes }) => attributes.id ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { attributes } of elements) {
      if (attributes['aria-labelledby'] !== undefined) expect(ids).toContain(attributes['aria-labelledby']);
      if (attributes.href !== undefined) expect(ids).toContain(attributes.href.replace(/^#/, ''));
      for (const name of Object.keys(attributes)) expect(name).not.toMatch(/^(on|src|style|action)/);
    }
    expect(
      elements.filter(({ name }) => /^(script|link|img|iframe|object|form|base|foreignObject)$/.test(name)),
    ).toEqual([]);
    const headings = elements.filter(({ name }) => /^h\d$/.test(name)).map(({ name }) => Number(name[1]));
    expect(headings.filter((level) => level === 1)).toEqual([1]);
    const steps = headings.map((level, i) => level - (headings[i - 1] ?? 0));
    expect(Math.max(...steps)).toBe(1);
    for (const table of named(page, 'table')) {
      expect(named(table, 'caption')).toHaveLength(1);
      for (const th of named(table, 'th')) expect(th.attributes.scope).toMatch(/^(col|row)$/);
    }
    const pictures = named(page, 'svg');
    expect(pictures).toHaveLength(6);
    for (const { attributes } of pictures) {
      expect(attributes.role).toBe('img');
      expect(attributes['aria-label']).toMatch(/USD$/);
    }
    expect(named(page, 'figcaption')).toHaveLength(3);
    expect(text).toContain(
      `http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-`,
    );
    expect(text).toContain('<meta name="color-scheme" content="light dark">');
    expect(text).not.toMatch(/url\(|@import|https?:\/\/(?!www\.w3\.org\/)/);
    expect(text).not.toContain('NaN');
    expect(Buffer.byteLength(text)).toBeLessThan(400_000);
  });

  it('says that rows agree with git; where they do not, it reads git itself and names the row', async () => {
    const before = await pageOf(context);
    expect(textOf(named(before.page, 'p', 'verdict')[0] ?? '')).toMatch(
      /^In sync with git [\d,]+ rows of \d+ artifacts/,
    );
    expect([before.told.source, before.told.notice]).toEqual(['postgres', null]);
    const client = new pg.Client({ connectionString: created.url });
    await client.connect();
    const tamper = (sign: string) =>
      client.query(
        `update maven_trades set realized_pnl_usd = realized_pnl_usd ${sign} 1000000 where status = 'closed'`,
      );
    await tamper('+');
    try {
      const { told, page } = await pageOf(context);
      expect(textOf(named(page, 'p', 'verdict')[0] ?? '')).toContain('The database differs from git');
      expect(textOf(section(page, 'checks'))).toContain('ROW_CHANGED');
      expect(told.source).toBe('git');
      expect(textOf(section(page, 'checks'))).toContain('Answered from git');
      expect(valuesIn(section(page, 'figures'))).toEqual(valuesIn(section(before.page, 'figures')));
      expect(valuesIn(section(page, 'calendar'))).toEqual(valuesIn(section(before.page, 'calendar')));
      expect(valuesIn(section(page, 'decisions'))).toEqual(valuesIn(section(before.page, 'decisions')));
    } finally {
      await tamper('-');
      await client.end();
    }
  });

  it('without a database tells the same from git, and that nothing was checked', async () => {
    const away = await open(repository, AWAY);
    try {
      const [near, far] = [await pageOf(context), await pageOf(away)];
      expect(textOf(named(far.page, 'p', 'verdict')[0] ?? '')).toMatch(/^Not checked against git /);
      expect(far.text).not.toContain('secret');
      for (const id of ['figures', 'courses', 'calendar', 'assets', 'bots', 'decisions', 'open'])
        expect(textOf(section(far.page, id)), id).toBe(textOf(section(near.page, id)));
      const quick = await pageOf(context, { verify: false });
      expect(textOf(named(quick.page, 'p', 'verdict')[0] ?? '')).toContain('it was made with --no-verify');
    } finally {
      await away.close();
    }
  });
});

describe('a report of little', () => {
  const ended = (id: number, change: Parameters<typeof trade>[1] = {}) =>
    trade(id, {
      status: 'closed',
      positionAction: 'close',
      realizedPnlUsd: '12.5',
      feesUsd: '0.25',
      exitPrice: '97300',
      closedAt: '2026-01-14T18:00:00.000000+00:00',
      ...change,
    });

  it('of nothing at all says so everywhere, and nowhere 0', async () => {
    const { page } = await pageOfFiles({ '.moha/maven/identity.json': '{}\n' });
    expect(textOf(named(page, 'h1')[0] ?? '')).toContain('Maven');
    expect(valuesIn(section(page, 'figures'))).toEqual([]);
    expect(textOf(figure(page, 'Account value and P&L').value)).toBe('not known');
    expect(figure(page, 'Account value and P&L').basis).toBe('no portfolio snapshot is recorded yet');
    expect(figure(page, 'Win rate').basis).toBe('no trade ended in the period');
    expect(named(page, 'p', 'nothing').map(textOf)).toEqual([
      'Nothing to draw: no portfolio snapshot is recorded yet.',
      'Nothing to draw: no trade ended in the period.',
      'Nothing to draw: no trade ended in the period.',
      'No trade has ended yet.',
      'No trade has ended yet.',
      'No trade has ended yet.',
      'No decision is recorded yet.',
      'No trade is open.',
    ]);
    expect(named(page, 'svg')).toEqual([]);
  });

  it('of one trade shows it with an interval as wide as it is', async () => {
    const { page, told } = await pageOfFiles({
      [DAY_ONE]: ledger(ended(1)),
      ...snapshotFiles(snapshot(hour(0))),
    });
    expect(valuesIn(figure(page, 'Net P&L of trades, all time').value)).toEqual(['12.25']);
    expect(figure(page, 'Net P&L of trades, all time').basis).toBe('1 trade, 2026-01-14 to 2026-01-14');
    expect(figure(page, 'Win rate').basis).toBe('1 of 1 trade; 95 % interval 20.7 to 100.0\u202f%');
    expect(figure(page, 'Profit factor').basis).toBe('no trade lost money');
    expect(textOf(figure(page, 'Profit factor').value)).toBe('not known');
    expect(textOf(figure(page, 'Sharpe ratio').value)).toBe('not known');
    expect(figure(page, 'Sharpe ratio').basis).toBe('fewer than 2 complete snapshots');
    expect(figure(page, 'Account P&L, 24 hours').basis).toBe('no snapshot near the start of the window');
    expect(told.days).toEqual([
      { label: '2026-01-14', trades: 1, winning: 1, net_pnl_usd: '12.25', unknown_pnl: 0 },
    ]);
    expect(named(page, 'svg').length).toBe(6);
  });

  it('names what is in no number', async () => {
    const { page } = await pageOfFiles({
      [DAY_ONE]: ledger(
        ended(1),
        ended(2, { realizedPnlUsd: null, closedAt: '2026-01-15T18:00:00.000000+00:00' }),
        ended(3, { closedAt: null }),
        ended(4, { feesUsd: null, realizedPnlUsd: '-3' }),
      ),
    });
    const doubts = textOf(section(page, 'checks'));
    expect(doubts).toContain('1 ended trade without a known P&L, in no number.');
    expect(doubts).toContain('1 ended trade without a time of closing, in no number.');
    expect(doubts).toContain('Not counted: moha/2, moha/3');
    expect(doubts).toContain('1 counted trade without known fees, taken as 0.');
    const days = named(section(page, 'calendar'), 'td').filter(({ attributes }) => attributes.title);
    expect(days.map(({ attributes }) => attributes.title)).toEqual([
      '2026-01-14: +9.25 USD, 2 trades, 1 won',
      '2026-01-15: not known, 1 trade of unknown P&L not in it',
    ]);
    expect(valuesIn(figure(page, 'Net P&L of trades, all time').value)).toEqual(['9.25']);
  });

  it('shows hostile names, and obeys none of them', async () => {
    const evil = `"><script>alert('x')</script><img src=x onerror=y>&lt;\u202e`;
    const { page, text } = await pageOfFiles({
      '.moha/maven/identity.json': `${JSON.stringify({ name: `${evil}\u061c` })}\n`,
      [DAY_ONE]: ledger(
        ended(1, { asset: evil, sourceBotId: evil }),
        trade(2, { asset: evil, sourceBotId: `${evil}2` }),
        ended(3, { realizedPnlUsd: null, asset: 'שלום', externalTradeId: `3${evil}` }),
      ),
      [decisionPath('2026-01-14T14:24:08.034126+00:00', 0)]: decision(
        `${evil}\n\u001b[31m${'long '.repeat(200)}`,
      ),
    });
    const names = new Set(all(page).map(({ name }) => name));
    for (const name of ['script', 'img']) expect(names.has(name)).toBe(false);
    expect(text).not.toMatch(
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/,
    );
    expect(textOf(named(page, 'h1')[0] ?? '')).toContain(`"><script>alert('x')</script>`);
    expect(textOf(section(page, 'assets'))).toContain('"><script>alert');
    expect(textOf(section(page, 'open'))).toContain('"><script>alert');
    const [action] = named(section(page, 'decisions'), 'td', 'action');
    expect(textOf(action ?? '')).toMatch(/^"><script>.{140,}…$/);
    expect(named(page, 'title').map(textOf).join('')).not.toContain('\u202e');
  });

  it('is of one revision, also when commits come in while it is put together', async () => {
    const created = await createServerDatabase();
    const repository = createTestRepository();
    repository.commit({ [DAY_ONE]: ledger(ended(1)) });
    const context = await open(repository, created.url);
    let [calls, trades] = [0, 1];
    // The ledger grows by a trade whenever the database is asked for the so many-th time.
    const moving = (often: (call: number) => boolean): Context => ({
      ...context,
      database: async () => {
        calls += 1;
        if (often(calls)) {
          trades += 1;
          repository.commit({ [DAY_ONE]: ledger(...Array.from({ length: trades }, (_, i) => ended(i + 1))) });
        }
        return context.database();
      },
    });
    try {
      for (const call of [2, 4, 6]) {
        calls = 0;
        const { told, page } = await pageOf(moving((now) => now === call));
        expect(calls).toBeGreaterThan(call);
        const head = repository.git('rev-parse', 'HEAD').trim();
        const of = [told, told.portfolio, told.equity, told.open, told.decisions];
        expect(of.map(({ revision }) => revision)).toEqual(of.map(() => head));
        expect(told.check).toMatchObject({ state: 'checked', report: { revision: head, errors: 0 } });
        expect(told.performance.totalTrades).toBe(String(trades));
        expect(valuesIn(figure(page, 'Net P&L of trades, all time').value)).toEqual([String(12.25 * trades)]);
      }
      await expect(report(moving(() => true))).rejects.toMatchObject({ code: 'COMMIT_CONFLICT' });
    } finally {
      await context.close();
      await created.drop();
      repository.remove();
    }
  });

  it('folds away all but the newest year of months', async () => {
    const months = Array.from({ length: 15 }, (_, i) =>
      new Date(Date.UTC(2024, 11 + i, 3)).toISOString().slice(0, 10),
    );
    const files = months.map((day, i) => [
      `.moha/maven/trades/${day.slice(0, 4)}/${day}.jsonl`,
      ledger(
        ended(i + 1, {
          openedAt: `${day}T10:00:00.000000+00:00`,
          closedAt: `${day}T12:00:00.000000+00:00`,
          realizedPnlUsd: i === 0 ? '-7' : '3',
        }),
      ),
    ]);
    const { page } = await pageOfFiles(Object.fromEntries(files));
    const drawn = named(page, 'table', 'month').map((month) => textOf(named(month, 'b')[0] ?? ''));
    expect(drawn).toHaveLength(12);
    expect([drawn[0], drawn.at(-1)]).toEqual(['February 2026', 'March 2025']);
    const [folded] = named(section(page, 'calendar'), 'details');
    const rows = folded === undefined ? [] : named(folded, 'tr').slice(1).map(textOf);
    expect(rows).toEqual(['February 202511+2.75', 'January 202511+2.75', 'December 202410−7.25']);
    for (const month of named(page, 'table', 'month')) {
      const weeks = named(month, 'tr');
      for (const week of weeks)
        expect(week.children.filter((cell) => typeof cell !== 'string')).toHaveLength(7);
    }
    // The first of February 2026 is a Sunday.
    const firstWeek = named(named(page, 'table', 'month')[0] as Element, 'tr')[1];
    expect(named(firstWeek as Element, 'td').map(textOf)).toEqual(['', '', '', '', '', '', '1']);
  });
});

async function open(repository: TestRepository, url: string): Promise<Context> {
  return openTestContext(repository, url, () => new Date(NOW));
}

async function pageOf(context: Context, options: ReportOptions = {}) {
  const told = await report(context, options);
  const text = await reportPage(told);
  return { told, text, page: readPage(text) };
}

/** A report of a repository that holds these files and nothing else. */
async function pageOfFiles(files: Record<string, string>) {
  const created = await createServerDatabase();
  const repository = createTestRepository();
  repository.commit(files);
  const context = await open(repository, created.url);
  try {
    return await pageOf(context);
  } finally {
    await context.close();
    await created.drop();
    repository.remove();
  }
}
