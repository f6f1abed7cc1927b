import type { Report, TradeAnswer } from '../../index.js';
import { shortText } from '../output/safe-text.js';
import { count, things } from '../output/table.js';
import { note } from './definitions.js';
import { foreign, type Html, html } from './html.js';
import { amount, digits, earned, percent, price, time } from './values.js';

type Group = Report['performance']['assetPerformance'][number];

/** More than anybody reads; the page stays small whatever the ledger holds. */
const MOST_GROUPS = 60;
const LONGEST_NAME = 40;

/** What each asset and each bot brought. */
export function groupTables({ performance }: Report): Html {
  return html`
<div class="beside">
${groupTable('assets', 'By asset', 'Asset', performance.assetPerformance)}
${groupTable('bots', 'By bot', 'Bot', performance.detail?.bots ?? [])}
</div>`;
}

/** Most trades first, so that what weighs most is seen first. */
function groupTable(id: string, title: string, column: string, groups: readonly Group[]): Html {
  const sorted = [...groups].sort((left, right) => Number(right.trades) - Number(left.trades));
  const shown = sorted.slice(0, MOST_GROUPS);
  const body =
    groups.length === 0
      ? html`<p class="nothing">No trade has ended yet.</p>`
      : html`<div class="scroll" tabindex="0" role="region" aria-labelledby="${id}"><table>
<caption>Ended trades, most first${sorted.length > shown.length ? `; ${count(sorted.length - shown.length)} more with fewer trades are left out` : ''}</caption>
<thead><tr><th scope="col">${column}</th><th scope="col" class="n">Trades</th><th scope="col" class="n">Win rate${note('rate')}</th><th scope="col" class="n">Fees</th><th scope="col" class="n">Net P&amp;L USD${note('net')}</th></tr></thead>
<tbody>${shown.map(groupRow)}</tbody></table></div>`;
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${body}
</section>`;
}

function groupRow({ name, trades, pnlUsd, winRatePct, spread }: Group): Html {
  const interval =
    spread?.winRateLowPct == null
      ? null
      : html`<small>${digits(spread.winRateLowPct, 0)} to ${digits(spread.winRateHighPct ?? '100', 0)}\u202f%</small>`;
  return html`<tr><th scope="row">${name === null ? html`<span class="unknown">none named</span>` : foreign(shortText(name, LONGEST_NAME))}</th><td class="n">${count(Number(trades))}</td><td class="n">${percent(winRatePct, 0)} ${interval}</td><td class="n">${amount(spread?.feesUsd ?? null)}</td><td class="n">${earned(pnlUsd)}</td></tr>\n`;
}

/** Trades that are not over yet, newest first. */
export function openTrades({ open }: Report): Html {
  const more = open.total - open.returned;
  const body =
    open.total === 0
      ? html`<p class="nothing">No trade is open.</p>`
      : html`<div class="scroll" tabindex="0" role="region" aria-labelledby="open"><table>
<caption>${things(open.total, 'open trade')}, newest first${more > 0 ? `; ${count(more)} older are left out` : ''}</caption>
<thead><tr><th scope="col">Asset</th><th scope="col">Side</th><th scope="col" class="n">Size USD</th><th scope="col" class="n">Entry</th><th scope="col">Opened</th><th scope="col">Bot</th><th scope="col">Trade</th></tr></thead>
<tbody>${open.trades.map(openRow)}</tbody></table></div>`;
  return html`
<section aria-labelledby="open"><h2 id="open">Open trades</h2>
${body}
</section>`;
}

function openRow(trade: TradeAnswer): Html {
  return html`<tr><th scope="row">${foreign(shortText(trade.asset, LONGEST_NAME))}</th><td>${trade.side}</td><td class="n">${amount(trade.size_usd)}</td><td class="n">${price(trade.entry_price)}</td><td>${time(trade.opened_at)}</td><td>${trade.source_bot_id === null ? '-' : foreign(shortText(trade.source_bot_id, LONGEST_NAME))}</td><td>${foreign(shortText(trade.id, LONGEST_NAME))}</td></tr>\n`;
}
