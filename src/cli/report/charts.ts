import type { TopLevelSpec } from 'vega-lite';
import { compareDecimals, type Report } from '../../index.js';
import { renderSvg } from '../charts/render-svg.js';
import { things } from '../output/table.js';
import { CHART_SIZES, type ChartSize, drawdownSpec, earnedSpec, equitySpec } from './chart-specs.js';
import { note } from './definitions.js';
import { escapeHtml, type Html, html, trusted } from './html.js';
import { reasonOf } from './reasons.js';
import { amount, day, earned, percent, time } from './values.js';

/** Charts of equity, drawdown and what the trades brought; where there is nothing to draw, why. */
export async function charts(report: Report): Promise<Html> {
  return html`
<section aria-labelledby="courses"><h2 id="courses">Over time</h2>
${await equityFigure(report)}
${await drawdownFigure(report)}
${await earnedFigure(report)}
</section>`;
}

async function equityFigure({ equity }: Report): Promise<Html> {
  const { points, flows, gaps } = equity;
  const [first, last] = [points[0], points.at(-1)];
  const title = html`Account value${note('value')}`;
  if (first === undefined || last === undefined)
    return noChart(title, equity.reason ?? 'no snapshot states the account value');
  const ordered = [...points].sort((left, right) => compareDecimals(left.equity_usd, right.equity_usd));
  const [lowest, highest] = [ordered[0] ?? first, ordered.at(-1) ?? last];
  const withdrawals = flows.filter(({ amount_usd: usd }) => usd.startsWith('-')).length;
  const marks = [
    ...(flows.length > withdrawals ? [`▲ ${things(flows.length - withdrawals, 'deposit')}`] : []),
    ...(withdrawals > 0 ? [`▼ ${things(withdrawals, 'withdrawal')}`] : []),
    ...(gaps > 0 ? [`┈ ${things(gaps, 'gap')} without snapshots`] : []),
  ];
  return html`<figure>
<figcaption><h3>${title}</h3><p>USD, ${things(equity.snapshots, 'snapshot')} from ${day(first.at)} to ${day(last.at)}${
    marks.length === 0 ? '' : `: ${marks.join(', ')}`
  }. First ${amount(first.equity_usd)}, last ${amount(last.equity_usd)}, lowest ${amount(lowest.equity_usd)} (${day(lowest.at)}), highest ${amount(highest.equity_usd)} (${day(highest.at)}).</p></figcaption>
${await drawn('Account value over time, in USD', (size) => equitySpec(equity, size))}
</figure>`;
}

async function drawdownFigure({ drawdown, performance }: Report): Promise<Html> {
  const { detail } = performance;
  const bySnapshots = detail?.equityBasis === 'snapshots';
  const title = html`Drawdown${note('drawdown')}`;
  if (drawdown.length === 0 || performance.maxDrawdownUsd === null)
    return noChart(title, reasonOf(performance, 'max_drawdown_usd'));
  const pct = performance.maxDrawdownPct;
  const from = detail?.maxDrawdownFrom ?? null;
  const deepest = html`Deepest: ${amount(performance.maxDrawdownUsd)} USD${pct === null ? '' : html` (${percent(pct)})`}${
    detail?.maxDrawdownTo == null
      ? ''
      : html`, ${from === null ? 'from the start' : html`from ${time(from)}`} to ${time(detail.maxDrawdownTo)}`
  }.`;
  const basis = bySnapshots
    ? 'USD below the highest point so far, deposits and withdrawals taken out; the deepest of each day.'
    : 'USD of net P&L below its highest point so far, at the end of each day; the deepest is counted trade by trade.';
  return html`<figure>
<figcaption><h3>${title}</h3><p>${basis} ${deepest}</p></figcaption>
${await drawn('Drawdown over time, in USD', (size) => drawdownSpec(drawdown, size))}
</figure>`;
}

async function earnedFigure({ earned: days, performance, days: periods }: Report): Promise<Html> {
  const [first, last] = [periods[0], periods.at(-1)];
  const title = html`Net P&amp;L of trades, added up${note('net')}`;
  if (days.length === 0 || first === undefined || last === undefined)
    return noChart(title, reasonOf(performance, 'expectancy_usd'));
  return html`<figure>
<figcaption><h3>${title}</h3><p>USD, ${things(Number(performance.totalTrades), 'trade')} closed from ${day(first.label)} to ${day(last.label)}: ${earned(performance.totalPnlUsd)}.</p></figcaption>
${await drawn('Net P&L of trades added up over time, in USD', (size) => earnedSpec(days, size))}
</figure>`;
}

/** The same chart for a screen and for a telephone: the style sheet shows one of them. */
async function drawn(label: string, spec: (size: ChartSize) => TopLevelSpec): Promise<Html> {
  const pictures: string[] = [];
  for (const [name, size] of Object.entries(CHART_SIZES)) {
    const svg = await renderSvg(spec(size));
    pictures.push(
      svg.replace(
        /^<svg [^>]*?width="\d+" height="\d+"/,
        `<svg xmlns="http://www.w3.org/2000/svg" class="chart ${name}" role="img" aria-label="${escapeHtml(label)}"`,
      ),
    );
  }
  return trusted(pictures.join('\n'));
}

function noChart(title: Html, reason: string): Html {
  return html`<figure class="empty"><figcaption><h3>${title}</h3></figcaption><p class="nothing">Nothing to draw: ${reason}.</p></figure>`;
}
