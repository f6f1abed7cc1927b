import type { Report } from '../../index.js';
import { count, things } from '../output/table.js';
import { type DefinitionName, note } from './definitions.js';
import { type Html, type HtmlPart, html } from './html.js';
import { reasonOf } from './reasons.js';
import { amount, day, digits, earned, percent, time, unknown } from './values.js';

const WINDOW_NAMES: Readonly<Record<string, string>> = {
  '24h': 'Account P&L, 24 hours',
  '7d': 'Account P&L, 7 days',
  '30d': 'Account P&L, 30 days',
  all: 'Account P&L, all time',
};

/** The numbers that are asked for first, each with what it was counted from. */
export function keyFigures(report: Report): Html {
  return html`
<section aria-labelledby="figures"><h2 id="figures">Key figures</h2>
<dl class="figures">${accountFigures(report)}</dl>
<dl class="figures">${tradeFigures(report)}</dl>
</section>`;
}

function accountFigures({ portfolio }: Report): readonly Html[] {
  const { snapshot, newest_complete: complete, reason } = portfolio;
  if (snapshot === null)
    return [figure('Account value and P&L', 'value', unknown(), html`${reason ?? 'no snapshot'}`, 'main')];
  const shown = snapshot.total_value_usd === null ? (complete ?? snapshot) : snapshot;
  return [
    figure(
      'Account value',
      'value',
      html`${amount(shown.total_value_usd)}${shown.total_value_usd === null ? '' : usd()}`,
      html`as of ${time(shown.as_of)}, ${shown.quality}`,
      'main',
    ),
    ...snapshot.pnl.map(({ window, value, percent: pct, reason: why, covered, baseline }) =>
      figure(
        WINDOW_NAMES[window] ?? window,
        'pnl',
        html`${earned(value)}${value === null ? '' : usd()}`,
        value === null
          ? html`${why ?? ''}`
          : html`${pct === null ? '' : html`${percent(pct, 2)}, `}over ${covered ?? 'a time not known'}${
              baseline?.as_of == null ? '' : html`, from ${time(baseline.as_of)}`
            }`,
      ),
    ),
  ];
}

function tradeFigures({ performance, days }: Report): readonly Html[] {
  const { detail } = performance;
  const n = Number(performance.totalTrades);
  const reason = (field: string): Html => html`${reasonOf(performance, field)}`;
  const [first, last] = [days[0]?.label, days.at(-1)?.label];
  const rate = detail?.winRatePct ?? null;
  const drop = performance.maxDrawdownUsd;
  const from = detail?.maxDrawdownFrom ?? null;
  return [
    figure(
      'Net P&L of trades, all time',
      'net',
      n === 0 || performance.totalPnlUsd === null
        ? unknown()
        : html`${earned(performance.totalPnlUsd)}${usd()}`,
      n === 0
        ? reason('expectancy_usd')
        : html`${performance.totalPnlUsd === null ? html`${reason('total_pnl_usd')}; ` : ''}${things(n, 'trade')}, ${day(first ?? '')} to ${day(last ?? '')}`,
    ),
    figure(
      'Win rate',
      'rate',
      percent(rate),
      rate === null
        ? reason('win_rate_pct')
        : html`${count(Number(performance.winningTrades))} of ${things(n, 'trade')}; 95 % interval ${digits(detail?.winRateLowPct ?? '0', 1)} to ${percent(detail?.winRateHighPct ?? '0')}`,
    ),
    figure(
      'Profit factor',
      'factor',
      amount(performance.profitFactor),
      performance.profitFactor === null
        ? reason('profit_factor')
        : html`${earned(performance.grossProfitUsd)} to ${earned(performance.grossLossUsd)} USD, n\u00a0=\u00a0${count(n)}`,
    ),
    figure(
      'Maximum drawdown',
      'drawdown',
      drop === null ? unknown() : html`${amount(drop)}${usd()}`,
      drop === null
        ? reason('max_drawdown_usd')
        : html`${performance.maxDrawdownPct === null ? '' : html`${percent(performance.maxDrawdownPct)}, `}${
            detail?.maxDrawdownTo == null
              ? 'it never fell'
              : html`${from === null ? 'the start' : html`${time(from)}`} to ${time(detail.maxDrawdownTo)}`
          }, by ${detail?.equityBasis === 'snapshots' ? 'snapshots' : 'trades'}`,
    ),
    figure(
      'Expectancy',
      'expectancy',
      performance.expectancyUsd === null ? unknown() : html`${earned(performance.expectancyUsd)}${usd()}`,
      performance.expectancyUsd === null
        ? reason('expectancy_usd')
        : html`a trade, n\u00a0=\u00a0${count(n)}`,
    ),
    figure(
      'Longest losing run',
      'rate',
      n === 0
        ? unknown()
        : html`${count(Number(detail?.longestLossStreak ?? 0))} <span class="unit">trades</span>`,
      n === 0
        ? reason('win_rate_pct')
        : html`longest winning run ${count(Number(detail?.longestWinStreak ?? 0))}, n\u00a0=\u00a0${count(n)}`,
    ),
    figure(
      'Fees',
      'net',
      performance.totalFeesUsd === null || n === 0
        ? unknown()
        : html`${amount(performance.totalFeesUsd)}${usd()}`,
      performance.totalFeesUsd === null || n === 0
        ? reason(n === 0 ? 'expectancy_usd' : 'total_fees_usd')
        : html`of ${things(n - Number(detail?.unknownFeeTrades ?? 0), 'trade')}${
            detail?.feeDragPct == null ? '' : html`; ${percent(detail.feeDragPct)} of realized profits`
          }`,
    ),
    figure(
      'Sharpe ratio',
      'sharpe',
      amount(performance.sharpeRatio),
      performance.sharpeRatio === null
        ? reason('sharpe_ratio')
        : html`n\u00a0=\u00a0${things(Number(detail?.dailyReturns ?? 0), 'daily return')}`,
    ),
  ];
}

function figure(
  name: string,
  definition: DefinitionName,
  value: HtmlPart,
  basis: HtmlPart,
  place: 'main' | 'other' = 'other',
): Html {
  return html`<div class="${place}"><dt>${name}${note(definition)}</dt><dd class="value">${value}</dd><dd class="basis">${basis}</dd></div>\n`;
}

function usd(): Html {
  return html` <span class="unit">USD</span>`;
}
