import { CHART_COLOURS, darkRules } from '../charts/svg-theme.js';

/** Backgrounds of the calendar, from small to large. Blue and orange are told apart by everybody; so is their sign. */
export const CALENDAR_COLOURS = {
  gain: {
    light: ['#e8f1fc', '#cbe0f8', '#a3c8f1', '#78ade8'],
    dark: ['#14233a', '#183356', '#1c4478', '#20569b'],
  },
  loss: {
    light: ['#fdf0e3', '#fbdcbb', '#f5c08a', '#eca35c'],
    dark: ['#2f2012', '#4a2d12', '#693d12', '#874d12'],
  },
  ink: { light: CHART_COLOURS.ink.light, dark: '#f0f4f8' },
} as const;

type Theme = 'light' | 'dark';

/** The one style sheet of the page. */
export function styleSheet(): string {
  const dark = darkRules().map((rule) => `.chart ${rule}`);
  return [
    `:root{color-scheme:light dark;${variables('light')}}`,
    `@media screen and (prefers-color-scheme:dark){:root{${variables('dark')}}${dark.join('')}}`,
    PAGE,
    ...(['gain', 'loss'] as const).flatMap((kind) =>
      [1, 2, 3, 4].map((level) => `.${kind}-${level}{background:var(--${kind}-${level})}`),
    ),
    PRINT,
  ].join('\n');
}

function variables(theme: Theme): string {
  const { ground, ink, quiet, grid, equity, withdrawal, deposit } = CHART_COLOURS;
  const colours: Readonly<Record<string, string>> = {
    ground: ground[theme],
    ink: ink[theme],
    quiet: quiet[theme],
    line: grid[theme],
    gain: equity[theme],
    loss: withdrawal[theme],
    good: deposit[theme],
    'calendar-ink': CALENDAR_COLOURS.ink[theme],
  };
  const levels = (['gain', 'loss'] as const).flatMap((kind) =>
    CALENDAR_COLOURS[kind][theme].map((colour, i) => `--${kind}-${i + 1}:${colour};`),
  );
  return `${Object.entries(colours)
    .map(([name, colour]) => `--${name}:${colour};`)
    .join('')}${levels.join('')}`;
}

const PAGE = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
main,header,footer{max-width:1104px;margin:0 auto;padding:0 32px}
header{padding-top:40px}
footer{padding-bottom:48px;color:var(--quiet)}
h1{font-size:30px;line-height:1.2;margin:0;letter-spacing:-.01em}
h1 small{display:block;font-size:15px;font-weight:400;color:var(--quiet);letter-spacing:0;margin-top:4px}
h2{font-size:19px;line-height:1.3;margin:48px 0 12px;letter-spacing:-.005em}
h3{font-size:15px;line-height:1.4;margin:0}
p,ul,ol{margin:0 0 12px}
a{color:inherit}
code{font:13px/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
dl,dd,dt,figure{margin:0}
time,data{white-space:nowrap}
.note{font-size:11px;line-height:0;margin-left:2px;font-weight:400}
.note a{color:var(--quiet);text-decoration:none;padding:2px}
.note a:hover{text-decoration:underline}
.gain{color:var(--gain)}.loss{color:var(--loss)}
.unknown,.unit,.basis,figcaption p,caption,.legend{color:var(--quiet)}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.verdict{margin:20px 0 0;padding:10px 14px;border:1px solid var(--line);border-left:4px solid var(--quiet);border-radius:6px}
.verdict b{margin-right:8px}
.verdict.good{border-left-color:var(--good)}.verdict.good b{color:var(--good)}
.verdict.bad{border-left-color:var(--loss)}.verdict.bad b{color:var(--loss)}
.origin{display:grid;grid-template-columns:repeat(auto-fit,minmax(220px,1fr));gap:12px 32px;margin-top:24px}
.origin dt,.figures dt{font-size:13px;color:var(--quiet)}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(232px,1fr));gap:24px 32px;padding:20px 0;border-top:1px solid var(--line)}
.figures .value{font-size:24px;line-height:1.3;font-weight:600;letter-spacing:-.01em}
.figures .value .unknown{font-weight:400}
.figures .main{grid-column:1/-1}
.figures .main .value{font-size:36px;line-height:1.2}
.figures .main .value .unknown{font-size:24px}
.figures .unit{font-size:13px;font-weight:400;letter-spacing:0}
.figures .basis{font-size:13px;line-height:1.45}
.basis .gain,.basis .loss,figcaption p .gain,figcaption p .loss{color:inherit}
figure{margin:0 0 32px}
figcaption{margin-bottom:8px}
figcaption p{font-size:13px;margin:2px 0 0}
.chart{display:block;width:100%;height:auto;overflow:hidden}
.chart.narrow{display:none}
.nothing{color:var(--quiet);border:1px dashed var(--line);border-radius:6px;padding:20px;margin:8px 0}
.legend{font-size:13px}
.keys{display:inline-flex;align-items:center;gap:2px;margin:0 8px;white-space:nowrap}
.keys i{display:inline-block;width:14px;height:14px;border-radius:2px}
.keys i:first-of-type{margin-left:6px}.keys i:last-of-type{margin-right:6px}
.even-0{background:var(--line)}
.months{display:grid;grid-template-columns:repeat(auto-fill,minmax(320px,1fr));gap:28px 32px}
.month{width:100%;table-layout:fixed;border-collapse:separate;border-spacing:2px}
.month caption{font-size:13px;padding:0 2px 4px}
.month caption>span{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 12px}
.month caption b{color:var(--ink)}
.month th{font-size:11px;font-weight:400;color:var(--quiet);padding:0;text-align:center;border:0}
.month td{height:44px;padding:2px 4px;border:0;border-radius:4px;vertical-align:top;text-align:right;font-size:11px;line-height:1.25;color:var(--quiet);position:relative}
.month td span:first-child{display:block;text-align:left;font-size:10px}
.month td data{display:block;white-space:nowrap;letter-spacing:-.02em}
.month td small{position:absolute;top:2px;right:4px;font-size:10px;opacity:.85}
.month td[class^=gain],.month td[class^=loss],.month td[class] span,.month td[class] small{color:var(--calendar-ink)}
.scroll{overflow-x:auto}
.scroll:focus-visible{outline:2px solid var(--gain);outline-offset:2px}
.scroll table{width:100%;border-collapse:collapse;font-size:14px}
caption{text-align:left;font-size:13px;padding-bottom:6px}
.scroll th,.scroll td{padding:6px 16px 6px 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:baseline;white-space:nowrap;overflow-wrap:normal}
.scroll thead th{font-size:12px;font-weight:400;color:var(--quiet)}
.scroll tbody th{font-weight:600}
.scroll tbody th{white-space:normal;overflow-wrap:anywhere;min-width:60px}
.decisions tbody th{white-space:nowrap}
.scroll .n{text-align:right}
.scroll th:last-child,.scroll td:last-child{padding-right:0}
.scroll small{color:var(--quiet);font-size:12px;margin-left:4px}
.beside{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,460px),1fr));gap:0 40px}
.checks tbody th{white-space:normal;font-weight:400}
.checks td:last-child{text-align:right}
.checks thead th:last-child{text-align:right}
#checks~h3{margin:20px 0 4px}
.checks td.good{color:var(--good)}.checks td.bad{color:var(--loss)}.checks td.unsure{color:var(--quiet)}
.decisions .action{white-space:normal;width:100%;min-width:260px;font-weight:400}
.outcome{color:var(--quiet)}
summary{cursor:pointer;padding:12px 0;color:var(--quiet)}
.definitions{font-size:13px;line-height:1.55}
.definitions ol{padding-left:20px}
.definitions li:target{background:var(--line)}
@media (max-width:759px){
main,header,footer{padding-left:16px;padding-right:16px}
header{padding-top:24px}
h1{font-size:25px}
h2{margin-top:36px}
.chart.wide{display:none}
.chart.narrow{display:block;max-width:560px}
.figures{grid-template-columns:repeat(auto-fill,minmax(158px,1fr));gap:20px 16px}
.figures .value{font-size:19px}
.figures .main .value{font-size:30px}
.origin{gap:10px 16px}
.scroll table{font-size:13px}
.scroll th,.scroll td{padding-right:10px}
.months{grid-template-columns:repeat(auto-fill,minmax(min(100%,300px),1fr))}
}
@media screen and (max-width:759px){
.decisions table,.decisions tbody{display:block}
.decisions thead{display:none}
.decisions tr{display:grid;grid-template-columns:auto minmax(0,1fr) minmax(0,auto);gap:2px 12px;padding:10px 0;border-bottom:1px solid var(--line)}
.decisions tbody th,.decisions td{display:block;padding:0;border:0;white-space:normal;overflow-wrap:anywhere}
.decisions .action{grid-column:1/-1;min-width:0}
.decisions td:nth-child(3){text-align:right}
.decisions .confidence{text-align:left;color:var(--quiet)}
.decisions .confidence::before{content:"confidence "}
}`;

const PRINT = `
@page{margin:14mm}
@media print{
:root{color-scheme:light;-webkit-print-color-adjust:exact;print-color-adjust:exact}
body{font-size:12px}
main,header,footer{max-width:none;padding-left:0;padding-right:0}
figure,.month,.figures>div,tr,li{break-inside:avoid}
h2,h3,caption{break-after:avoid}
.scroll{overflow:visible}
.scroll th,.scroll td{white-space:normal}
details::details-content{content-visibility:visible;display:block}
.chart.narrow{display:none}.chart.wide{display:block}
}`;
