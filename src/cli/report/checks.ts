import { durationText, type Report, rowsTotal } from '../../index.js';
import { shortText } from '../output/safe-text.js';
import { count, things } from '../output/table.js';
import { foreign, type Html, html } from './html.js';
import { time } from './values.js';

/** The verdict in a few words, for the head of the page. */
export function verdict({ check }: Report): Html {
  if (check.state === 'read from git')
    return html`<p class="verdict good"><b>As it was then</b> read from git itself, no database was asked</p>`;
  if (check.state === 'not checked')
    return html`<p class="verdict unsure"><b>Not checked against git</b> ${check.reason}</p>`;
  const { report } = check;
  if (report.layers.projection === 'not checked')
    return html`<p class="verdict unsure"><b>Database not checked against git</b> see below</p>`;
  if (report.layers.projection === 'findings')
    return html`<p class="verdict bad"><b>The database differs from git</b> the numbers here are read from git itself; see below</p>`;
  const rows = rowsTotal(report.rowCounts);
  const scope = html`${things(rows, 'row')} of ${things(report.artifactsRead, 'artifact')} compared`;
  return report.errors === 0
    ? html`<p class="verdict good"><b>In sync with git</b> ${scope}</p>`
    : html`<p class="verdict bad"><b>${things(report.errors, 'error')} in what git holds</b> the database is as git says: ${scope}; see below</p>`;
}

const LAYER_NAMES: Readonly<Record<string, string>> = {
  artifacts: 'Artifacts in git can be read, and the ledger only grew',
  projection: 'Database rows are what git implies',
  derived: 'Stored metrics and snapshot P&L follow from the ledger',
  freshness: 'Every feed came in when it was due',
};

const FEED_NAMES: Readonly<Record<string, string>> = {
  trades: 'trades',
  snapshots: 'snapshots',
  metrics: 'metrics',
  reconcile: 'reconciles',
};

/** How far the page can be relied upon: what was compared, and what is missing. */
export function checks(report: Report): Html {
  const { check } = report;
  const doubts = doubtsOf(report);
  return html`
<section aria-labelledby="checks"><h2 id="checks">How sure this is</h2>
${check.state === 'checked' ? checkedTable(check.report) : html`<p>${unchecked(check)}</p>`}
<h3>Left out or in doubt</h3>
${doubts.length === 0 ? html`<p>Nothing that is known of.</p>` : html`<ul>${doubts.map((doubt) => html`<li>${doubt}</li>\n`)}</ul>`}
</section>`;
}

function unchecked(check: Exclude<Report['check'], { readonly state: 'checked' }>): Html {
  return check.state === 'read from git'
    ? html`Every number is read from git, of the revision above; nothing that came later is in it.`
    : html`Nothing was compared with git: ${check.reason}.`;
}

function checkedTable(report: Extract<Report['check'], { readonly state: 'checked' }>['report']): Html {
  const late = report.feeds.some(({ state }) => state === 'stale' || state === 'ahead');
  const rows = Object.entries(report.layers).map(([layer, verdict]) => {
    // Late is a warning to verify, unless an age was forbidden; here it is told.
    const answer = layer === 'freshness' && verdict === 'ok' && late ? 'late, see below' : verdict;
    const kind = answer === 'ok' ? 'good' : answer === 'findings' ? 'bad' : 'unsure';
    return html`<tr><th scope="row">${LAYER_NAMES[layer] ?? layer}</th><td class="${kind}">${answer}</td></tr>\n`;
  });
  const errors = report.findings.filter(({ severity }) => severity === 'error').slice(0, 5);
  const rest = report.errors - errors.length;
  return html`<div class="scroll"><table class="checks"><caption>${things(report.errors, 'error')} and ${things(report.warnings, 'warning')} found by maven-git verify when this page was made</caption>
<thead><tr><th scope="col">What was asked</th><th scope="col">Answer</th></tr></thead>
<tbody>${rows}</tbody></table></div>${
    errors.length === 0
      ? null
      : html`
<ul>${errors.map(
          ({ code, message, path, line, key }) =>
            html`<li><code>${code}</code> ${foreign(shortText(message, 200))}${key === null ? '' : html` (${foreign(shortText(key, 80))})`}${
              path === null
                ? ''
                : html` <code>${shortText(path, 160)}${line === null ? '' : `:${line}`}</code>`
            }</li>\n`,
        )}</ul>${rest > 0 ? html`<p>${count(rest)} more; maven-git verify names them.</p>` : null}`
  }`;
}

function doubtsOf({ notice, portfolio, performance, equity, check }: Report): readonly Html[] {
  const { detail } = performance;
  const [unknown, undated, fees] = [
    Number(detail?.unknownPnlTrades ?? 0),
    Number(detail?.undatedTrades ?? 0),
    Number(detail?.unknownFeeTrades ?? 0),
  ];
  const named = (detail?.notCounted ?? []).map(
    ({ source, externalTradeId }) => `${source}/${externalTradeId}`,
  );
  const doubts: Html[] = [];
  if (notice !== null) doubts.push(html`${sentence(notice)}`);
  if (portfolio.snapshot === null) doubts.push(html`${sentence(portfolio.reason ?? '')}`);
  for (const { message } of portfolio.warnings) doubts.push(html`${sentence(message)}`);
  const told = portfolio.warnings.some(({ code }) => code === 'STALE');
  for (const { feed, state, ageSeconds, intervalSeconds } of check.state === 'checked'
    ? check.report.feeds
    : []) {
    if (state === 'ahead')
      doubts.push(
        html`${sentence(`${FEED_NAMES[feed] ?? feed} are dated later than the clock of the machine`)}`,
      );
    if (state !== 'stale' || (feed === 'snapshots' && told)) continue;
    const age = ageSeconds === null ? 'have never come in' : `last came in ${durationText(ageSeconds)} ago`;
    doubts.push(
      html`${sentence(`${FEED_NAMES[feed] ?? feed} ${age}; due every ${durationText(intervalSeconds)}`)}`,
    );
  }
  if (equity.unknown_flows > 0)
    doubts.push(html`${things(equity.unknown_flows, 'snapshot')} without known deposits and withdrawals.`);
  if (equity.unknown_equity > 0)
    doubts.push(html`${things(equity.unknown_equity, 'snapshot')} without a known account value.`);
  if (unknown > 0)
    doubts.push(html`${things(unknown, 'ended trade')} without a known P&amp;L, in no number.`);
  if (undated > 0)
    doubts.push(html`${things(undated, 'ended trade')} without a time of closing, in no number.`);
  if (named.length > 0)
    doubts.push(
      html`Not counted: ${foreign(shortText(named.join(', '), 400))}${unknown + undated > named.length ? ', ...' : ''}`,
    );
  if (fees > 0) doubts.push(html`${things(fees, 'counted trade')} without known fees, taken as 0.`);
  return doubts;
}

function sentence(text: string): string {
  const short = shortText(text, 500);
  return `${short.slice(0, 1).toUpperCase()}${short.slice(1)}.`;
}

/** Who, when, from what. */
export function origin(report: Report): Html {
  const { portfolio, revision, source, made_at: made, asked_at: asked } = report;
  const { snapshot } = portfolio;
  return html`<dl class="origin">
<div><dt>Account</dt><dd>${
    portfolio.account === null
      ? html`<span class="unknown">no snapshot</span>`
      : html`${foreign(shortText(portfolio.feed ?? '', 40))} <code>${shortText(portfolio.account, 80)}</code>`
  }</dd></div>
<div><dt>Made</dt><dd>${time(made)}</dd></div>${
    asked === made
      ? html``
      : html`
<div><dt>As of</dt><dd>${time(asked)}</dd></div>`
  }
<div><dt>From revision</dt><dd><code title="${revision}">${revision.slice(0, 12)}</code>, read from ${source === 'postgres' ? 'Postgres' : 'git'}</dd></div>
<div><dt>Newest snapshot</dt><dd>${
    snapshot === null
      ? html`<span class="unknown">none</span>`
      : html`${time(snapshot.as_of)}, ${snapshot.age} old, ${snapshot.quality}`
  }</dd></div>
</dl>`;
}
