import type { EquitySeries } from '../../index.js';
import { usdText } from '../output/money.js';
import { shortText } from '../output/safe-text.js';
import { things } from '../output/table.js';
import { secondText } from '../output/time-text.js';
import { renderSvg } from './render-svg.js';
import { flowMarks, strokesOf } from './svg-data.js';
import { chartSpec } from './svg-spec.js';
import { darkStyle } from './svg-theme.js';

const HALF_AN_HOUR_MS = 1_800_000;

/**
 * Draws equity and P&L as one self-contained SVG: nothing in it is loaded from elsewhere, nothing in it runs, and it is
 * readable on light and on dark.
 *
 * @param series - with at least one point.
 * @returns the text of the file.
 */
export async function svgChart(series: EquitySeries): Promise<string> {
  const title = `Portfolio of ${plain(series.feed ?? '', 40)} ${plain(series.account ?? '', 60)}`;
  const { points } = series;
  const [first, last] = [points[0]?.at ?? '', points.at(-1)?.at ?? ''];
  const spec = chartSpec({
    title,
    subtitle: subtitleOf(series, last),
    ...span(Date.parse(series.from ?? first), Date.parse(series.to ?? last)),
    equity: strokesOf(points, ({ equity_usd }) => equity_usd),
    pnl: strokesOf(points, ({ pnl_all_time_usd }) => pnl_all_time_usd),
    flows: flowMarks(series.flows, usdText),
  });
  return withTheme(await renderSvg(spec), title);
}

/** One snapshot stands in the middle of an hour. */
function span(from: number, to: number): { readonly from: number; readonly to: number } {
  return from < to ? { from, to } : { from: from - HALF_AN_HOUR_MS, to: from + HALF_AN_HOUR_MS };
}

function subtitleOf(series: EquitySeries, last: string): readonly string[] {
  const { snapshots, gaps, unknown_equity: unknown, unknown_flows: flows } = series;
  const doubts = [
    ...(gaps > 0 ? [`${things(gaps, 'gap')}`] : []),
    ...(unknown > 0 ? [`${unknown} without equity`] : []),
    ...(flows > 0 ? [`${flows} without known flows`] : []),
  ];
  const counted = things(snapshots, 'snapshot');
  const withdrawals = series.flows.filter(({ amount_usd }) => amount_usd.startsWith('-')).length;
  const deposits = series.flows.length - withdrawals;
  return [
    `as of ${secondText(last)}, revision ${series.revision.slice(0, 12)}`,
    doubts.length === 0 ? counted : `${counted}, ${doubts.join(', ')}`,
    ...(series.flows.length === 0
      ? []
      : [`▲ ${things(deposits, 'deposit')}  ▼ ${things(withdrawals, 'withdrawal')}`]),
  ];
}

/** What XML cannot hold is shown as what it is; quotes and brackets are vega's to escape. */
function plain(text: string, length: number): string {
  return shortText(text, length).replace(/[\ufffe\uffff]/g, '\ufffd');
}

function withTheme(svg: string, title: string): string {
  const end = svg.indexOf('>');
  const label = title.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`);
  return `${svg.slice(0, end)} role="img" aria-label="${label}">${darkStyle()}${svg.slice(end + 1)}\n`;
}
