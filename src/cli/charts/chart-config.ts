import { CHART_COLOURS } from './svg-theme.js';

const { ink, quiet, grid, zero } = CHART_COLOURS;

/** What every drawn chart has in common: the font, no frame, axes in the theme's colours. */
export const CHART_CONFIG = {
  font: 'system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif',
  aria: false,
  view: { stroke: null },
  axis: {
    labelColor: quiet.light,
    titleColor: ink.light,
    gridColor: grid.light,
    domainColor: zero.light,
    tickColor: zero.light,
    labelFontSize: 12,
  },
  axisX: { grid: false, labelOverlap: true },
  axisY: { domain: false, ticks: false },
};
