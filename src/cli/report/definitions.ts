import type { Report } from '../../index.js';
import { type Html, html } from './html.js';

/** What the page's numbers mean, in the order of their footnotes. The full ones stand in parsers/METRICS.md. */
const DEFINITIONS = {
  value:
    'Account value: equity as the exchange reports it in the newest snapshot; it contains unrealized P&L.',
  pnl: 'Account P&L over a window: equity at its end - equity at its start - deposits + withdrawals in between. It starts at the latest complete snapshot up to a minute after the window begins, within tolerance before it; without one it is not known. The percentage is Modified Dietz.',
  net: 'Net P&L of trades: realized P&L - fees, added up over closed and liquidated trades by their time of closing (UTC). Fees that are not known are taken as 0 and counted; a trade whose realized P&L or time of closing is not known is in no number. Funding is not recorded.',
  rate: "Win rate: trades with a realized P&L above 0, before fees, out of all counted. The interval is Wilson's, 95 %.",
  factor: 'Profit factor: sum of net P&L above 0, divided by the sum below 0 without its sign.',
  drawdown:
    'Drawdown: the fall below the highest point so far. By snapshots of the account, flows taken out, where there are at least two and all flows are known; otherwise by the net P&L of trades as they closed. In percent of the equity at the highest point and deposits since.',
  sharpe:
    'Sharpe ratio: mean of daily returns / their standard deviation (n - 1) x root of 365, no rate without risk.',
  expectancy: 'Expectancy: net P&L / trades.',
  outcome:
    'Outcome of a decision: open while one of its trades is open; else won, lost or even by the realized P&L of its trades, before fees; not known where that of one is not. The amount is net of fees, of ended trades only. A trade belongs to the decision that it names.',
} as const;

export type DefinitionName = keyof typeof DEFINITIONS;

const NAMES = Object.keys(DEFINITIONS) as DefinitionName[];

/** The sign that leads to a definition. */
export function note(name: DefinitionName): Html {
  const number = NAMES.indexOf(name) + 1;
  return html`<sup class="note"><a href="#definition-${number}" aria-label="Definition ${number}">${number}</a></sup>`;
}

export function definitions({ performance, portfolio, decisions }: Report): Html {
  return html`
<section aria-labelledby="definitions" class="definitions"><h2 id="definitions">What the numbers mean</h2>
<ol>${NAMES.map((name, i) => html`<li id="definition-${i + 1}">${DEFINITIONS[name]}</li>\n`)}</ol>
<p>Definitions of trade metrics: version ${performance.definitionsVersion}. Of account P&amp;L: ${portfolio.definition.name} version ${portfolio.definition.version}. Of outcomes: ${decisions.definition.name} version ${decisions.definition.version}. Days and months are UTC. Amounts are exact; they are rounded only here, half away from zero.</p>
</section>`;
}
