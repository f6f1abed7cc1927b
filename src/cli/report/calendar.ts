import { compareDecimals, type Report, type ReportPeriod } from '../../index.js';
import { count, things } from '../output/table.js';
import { note } from './definitions.js';
import { type Html, html } from './html.js';
import { digits, earned, shortUsd, signOf } from './values.js';

/** Months that are drawn as calendars, and earlier ones that are listed. */
const MONTHS_DRAWN = 12;
const MONTHS_LISTED = 120;
const LEVELS = 4;
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const MONTH_NAMES = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** Net P&L of every day, a table a month, newest first. */
export function calendar({ days, months }: Report): Html {
  const newest = [...months].reverse();
  const drawn = newest.slice(0, MONTHS_DRAWN);
  const earlier = newest.slice(MONTHS_DRAWN);
  const levelOf = levels(days);
  const byDay = new Map(days.map((day) => [day.label, day]));
  const body =
    months.length === 0
      ? html`<p class="nothing">No trade has ended yet.</p>`
      : html`<p class="legend">Net P&amp;L by the day of closing, USD. <span class="keys" aria-hidden="true">loss ${[4, 3, 2, 1].map((level) => html`<i class="loss-${level}"></i>`)}<i class="even-0"></i>${[1, 2, 3, 4].map((level) => html`<i class="gain-${level}"></i>`)} gain</span> The stronger, the larger: quarters of all days by size. The small number counts trades.</p>
<div class="months">${drawn.map((month) => monthTable(month, byDay, levelOf))}</div>${earlierMonths(earlier)}`;
  return html`
<section aria-labelledby="calendar"><h2 id="calendar">P&amp;L calendar${note('net')}</h2>
${body}
</section>`;
}

function monthTable(
  month: ReportPeriod,
  days: ReadonlyMap<string, ReportPeriod>,
  levelOf: (usd: string) => number,
): Html {
  const cells = monthDays(month.label).map((label) => {
    const day = days.get(label);
    return day === undefined ? html`<td><span>${dateOf(label)}</span></td>` : dayCell(day, levelOf);
  });
  const blanks = Array.from({ length: weekdayOf(month.label) }, () => html`<td class="blank"></td>`);
  const all = [...blanks, ...cells];
  const weeks = Array.from({ length: Math.ceil(all.length / 7) }, (_, week) => {
    const own = all.slice(week * 7, week * 7 + 7);
    const rest = Array.from({ length: 7 - own.length }, () => html`<td class="blank"></td>`);
    return html`<tr>${own}${rest}</tr>\n`;
  });
  return html`<table class="month"><caption><span><b>${monthName(month.label)}</b> <span>${earned(month.net_pnl_usd)}, ${things(month.trades, 'trade')}</span></span></caption>
<thead><tr>${WEEKDAYS.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${weeks}</tbody></table>\n`;
}

function dayCell(day: ReportPeriod, levelOf: (usd: string) => number): Html {
  const { label, trades, winning, unknown_pnl: unknown, net_pnl_usd: net } = day;
  const left = unknown === 0 ? '' : `, ${things(unknown, 'trade')} of unknown P&L not in it`;
  if (net === null)
    return html`<td class="even-0" title="${label}: not known${left}"><span>${dateOf(label)}</span> <data>?</data></td>`;
  const sign = signOf(net);
  const kind = sign > 0 ? `gain-${levelOf(net)}` : sign < 0 ? `loss-${levelOf(net)}` : 'even-0';
  const title = `${label}: ${sign > 0 ? '+' : ''}${digits(net, 2)} USD, ${things(trades, 'trade')}, ${count(winning)} won${left}`;
  return html`<td class="${kind}" title="${title}"><span>${dateOf(label)}</span> <data value="${net}">${shortUsd(net)}</data> <small>${count(trades)}<span class="unseen"> trades</span></small></td>`;
}

function earlierMonths(months: readonly ReportPeriod[]): Html | null {
  if (months.length === 0) return null;
  const listed = months.slice(0, MONTHS_LISTED);
  const rest = months.length - listed.length;
  return html`<details><summary>${things(months.length, 'earlier month')}</summary>
<div class="scroll"><table><caption>Earlier months, newest first${rest > 0 ? `; ${count(rest)} older are left out` : ''}</caption>
<thead><tr><th scope="col">Month</th><th scope="col" class="n">Trades</th><th scope="col" class="n">Won</th><th scope="col" class="n">Net P&amp;L USD</th></tr></thead>
<tbody>${listed.map(
    ({ label, trades, winning, net_pnl_usd: net }) =>
      html`<tr><th scope="row">${monthName(label)}</th><td class="n">${count(trades)}</td><td class="n">${count(winning)}</td><td class="n">${earned(net)}</td></tr>\n`,
  )}</tbody></table></div></details>`;
}

/** Which quarter of all days an amount lies in by its size, 1 to 4. */
function levels(days: readonly ReportPeriod[]): (usd: string) => number {
  const sizes = days
    .flatMap(({ net_pnl_usd: net }) => (net === null || signOf(net) === 0 ? [] : [sizeOf(net)]))
    .sort(compareDecimals);
  const limits = Array.from(
    { length: LEVELS - 1 },
    (_, i) => sizes[Math.ceil((sizes.length * (i + 1)) / LEVELS) - 1] ?? '0',
  );
  return (usd) => 1 + limits.filter((limit) => compareDecimals(sizeOf(usd), limit) > 0).length;
}

function sizeOf(usd: string): string {
  return usd.replace('-', '');
}

function monthName(label: string): string {
  const [year = '', month = ''] = label.split('-');
  return `${MONTH_NAMES[Number(month) - 1] ?? month} ${year}`;
}

function monthDays(label: string): readonly string[] {
  const [year = 0, month = 1] = label.split('-').map(Number);
  const length = new Date(utc(year, month + 1) - 1).getUTCDate();
  return Array.from({ length }, (_, i) => `${label}-${String(i + 1).padStart(2, '0')}`);
}

/** Days from Monday to the first of a month. */
function weekdayOf(label: string): number {
  const [year = 0, month = 1] = label.split('-').map(Number);
  return (new Date(utc(year, month)).getUTCDay() + 6) % 7;
}

/** Years below 100 are themselves, which Date.UTC would put into the 20th century. */
function utc(year: number, month: number): number {
  const date = new Date(0);
  return date.setUTCFullYear(year, month - 1, 1);
}

function dateOf(label: string): string {
  return String(Number(label.slice(8)));
}
