import type { DecisionAnswer, Report } from '../../index.js';
import { shortText } from '../output/safe-text.js';
import { count, things } from '../output/table.js';
import { note } from './definitions.js';
import { foreign, type Html, html } from './html.js';
import { earned, percent, time } from './values.js';

const OUTCOMES: Readonly<Record<DecisionAnswer['outcome'], string>> = {
  win: 'won',
  loss: 'lost',
  breakeven: 'even',
  open: 'open',
  unknown: 'not known',
  no_trades: 'no trades',
};
const LONGEST_ACTION = 160;
const LONGEST_NAME = 40;
/** Those that are seen at once; the others are folded away. */
const SHOWN = 12;

/** The newest decisions with what became of them; the rest is counted. */
export function decisions({ decisions: list }: Report): Html {
  const older = list.total - list.returned;
  const counts = (Object.keys(OUTCOMES) as DecisionAnswer['outcome'][])
    .filter((outcome) => list.outcomes[outcome] > 0)
    .map((outcome) => `${count(list.outcomes[outcome])} ${OUTCOMES[outcome]}`);
  const body =
    list.total === 0
      ? html`<p class="nothing">No decision is recorded yet.</p>`
      : html`<p class="legend">${things(list.total, 'decision')}: ${counts.join(', ')}${
          list.net_pnl_usd === null ? '' : html`; their ended trades earned ${earned(list.net_pnl_usd)} USD`
        }.${older > 0 ? ` ${count(older)} older ones are counted, not listed.` : ''}</p>
${decisionTable('Newest first', list.decisions.slice(0, SHOWN))}${
  list.returned > SHOWN
    ? html`<details><summary>${count(list.returned - SHOWN)} more</summary>
${decisionTable('Earlier ones, newest first', list.decisions.slice(SHOWN))}</details>`
    : null
}`;
  return html`
<section aria-labelledby="decisions"><h2 id="decisions">Decisions</h2>
${body}
</section>`;
}

/** In narrow places rows become blocks, which takes their roles away: so they are named. */
function decisionTable(caption: string, list: readonly DecisionAnswer[]): Html {
  return html`<div class="scroll decisions" tabindex="0" role="region" aria-label="${caption}"><table role="table">
<caption class="unseen">Decisions: ${caption}</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Decided</th><th role="columnheader" scope="col">Asset</th><th role="columnheader" scope="col">Type</th><th role="columnheader" scope="col" class="action">Action</th><th role="columnheader" scope="col" class="n">Confidence</th><th role="columnheader" scope="col">Outcome${note('outcome')}</th><th role="columnheader" scope="col" class="n">Net P&amp;L USD</th></tr></thead>
<tbody role="rowgroup">${list.map(decisionRow)}</tbody></table></div>`;
}

function decisionRow(decision: DecisionAnswer): Html {
  const { trades, outcome, net_pnl_usd: net, confidence_pct: confidence } = decision;
  const action = decision.action.replace(/\s+/g, ' ').trim();
  const of = trades.count === 0 ? '' : `, ${things(trades.count, 'trade')}`;
  return html`<tr role="row"><td role="cell">${time(decision.decided_at)}</td><th role="rowheader" scope="row">${
    decision.asset === null ? '-' : foreign(shortText(decision.asset, LONGEST_NAME))
  }</th><td role="cell">${foreign(shortText(decision.decision_type, LONGEST_NAME))}</td><td role="cell" class="action">${foreign(shortText(action, LONGEST_ACTION))}</td><td role="cell" class="n confidence">${
    confidence === null ? html`<span class="unknown">-</span>` : percent(confidence, 0)
  }</td><td role="cell" class="outcome">${OUTCOMES[outcome]}${of}</td><td role="cell" class="n">${
    net === null ? html`<span class="unknown">-</span>` : earned(net)
  }</td></tr>\n`;
}
