import type { BenchResults, GroupResult, GrowthRow, HistoryRow, SpeedRow, Spread } from './results.js';

/** Marks what was measured while others used the machine. */
const BUSY = '\\*';

/** Everything that was measured, as Markdown: what README shows, and more. */
export function resultsText(results: BenchResults): string {
  const parts = [speedTable(results), growthTable(results), historyTable(results), notes(results)];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** The speed table: one row a comparison. */
export function speedTable({ groups }: BenchResults): string {
  const rows = groups.flatMap(({ rows, run }) => rows.map((row) => speedCells(row, run.machine.busy)));
  return rows.length === 0
    ? ''
    : markdown(['what', 'median', 'memory', 'against', 'its median', 'ratio', 'of the pairs', 'goal'], rows);
}

function speedCells(row: SpeedRow, busy: boolean): readonly string[] {
  return [
    row.what,
    secondsText(row.seconds.median),
    row.peakMiB === null ? '' : `${Math.round(row.peakMiB)} MiB`,
    row.against,
    secondsText(row.againstSeconds.median),
    `${ratioText(row.ratio.median)}${busy ? BUSY : ''}`,
    `${ratioText(row.ratio.min)} to ${ratioText(row.ratio.max)}`,
    goalText(row.goal, row.met),
  ];
}

/** Time and memory of the same command at each size, and how many times as much at the largest. */
export function growthTable({ groups }: BenchResults): string {
  const rows = groups.flatMap(({ growth, run }) => growth.map((row) => ({ row, busy: run.machine.busy })));
  const sizes = [
    ...new Map(rows.flatMap(({ row }) => row.points).map((point) => [sizeText(point), point])).keys(),
  ];
  if (rows.length === 0) return '';
  return markdown(
    ['command', 'database', ...sizes, 'over trades', 'over decisions', 'goal'],
    rows.map(({ row, busy }) => growthCells(row, sizes, busy)),
  );
}

function growthCells(row: GrowthRow, sizes: readonly string[], busy: boolean): readonly string[] {
  const cells = new Map(
    row.points.map((point) => [
      sizeText(point),
      `${secondsText(point.seconds.median)}${point.peakMiB === null ? '' : `, ${Math.round(point.peakMiB)} MiB`}`,
    ]),
  );
  const times = (ratio: GrowthRow['overTrades']): string =>
    ratio === null
      ? ''
      : `${ratioText(ratio.time)}${busy ? BUSY : ''}${ratio.memory === null ? '' : `, memory ${ratioText(ratio.memory)}`}`;
  return [
    row.what,
    row.database,
    ...sizes.map((size) => cells.get(size) ?? ''),
    times(row.overTrades),
    times(row.overDecisions),
    row.goal === null ? 'grows' : goalText(row.goal, row.met),
  ];
}

function sizeText({ trades, decisions }: { readonly trades: number; readonly decisions: number }): string {
  return `${countText(trades)} trades, ${countText(decisions)} decisions`;
}

/** Years of commits: what each command takes in each state of packing. */
export function historyTable({ groups }: BenchResults): string {
  const rows = groups.flatMap(({ history }) => history);
  return rows.length === 0
    ? ''
    : markdown(['commits', 'state', 'what', 'value', 'of the runs', 'memory'], rows.map(historyCells));
}

function historyCells({ commits, state, what, value, unit, peakMiB }: HistoryRow): readonly string[] {
  const text = (amount: number): string =>
    unit === 'seconds' ? secondsText(amount) : `${countText(Math.round(amount))} ${unit}`;
  const spread = value.min === value.max ? '' : `${text(value.min)} to ${text(value.max)}`;
  const memory = peakMiB === null ? '' : `${Math.round(peakMiB)} MiB`;
  return [countText(commits), state, what, text(value.median), spread, memory];
}

/** When, of what and where each part was measured, and what was not. */
export function notes({ groups }: BenchResults): string {
  const byRun = new Map<string, string[]>();
  for (const result of groups) {
    const text = runText(result);
    byRun.set(text, [...(byRun.get(text) ?? []), result.group]);
  }
  const runs = [...byRun].map(([text, names]) => `- ${names.join(', ')}: ${text}`);
  const left = groups.flatMap(({ leftOut }) =>
    leftOut.map(({ what, reason }) => `- left out: ${what} (${reason})`),
  );
  const busy = groups.some(({ run }) => run.machine.busy)
    ? ['', `${BUSY} measured while others used the machine: the true ratio may be another.`]
    : [];
  return [...runs, ...left, ...busy].join('\n');
}

function runText({ run }: GroupResult): string {
  const { machine, size, peers, commit, changed } = run;
  const of = commit === null ? 'no known commit' : `${commit.slice(0, 12)}${changed ? ' with changes' : ''}`;
  const others = peers.flatMap(({ name, version }) => (version === null ? [] : [`${name} ${version}`]));
  const memory = `${Math.round(machine.memoryMiB / 1024)} GiB`;
  return (
    `${run.date.slice(0, 10)}, commit ${of}; ${countText(size.trades)} trades, ${countText(size.decisions)} decisions, ` +
    `${countText(size.snapshots)} snapshots, seed ${run.seed}; ${machine.cores} cores (${machine.cpu}), ${memory}, ${machine.system}; ` +
    `${others.join(', ')}; load ${machine.load.map((load) => load.toFixed(1)).join(' ')}, ` +
    `${machine.busyPct} % used by others`
  );
}

/** Four digits at most: `0.4 ms`, `155 ms`, `6.22 s`, `18.3 s`, `245 s`. */
export function secondsText(seconds: number): string {
  const ms = seconds * 1000;
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  return seconds < 9.995 ? `${seconds.toFixed(2)} s` : `${seconds.toFixed(seconds < 99.95 ? 1 : 0)} s`;
}

function ratioText(ratio: number): string {
  return ratio < 9.995 ? ratio.toFixed(2) : ratio.toFixed(ratio < 99.95 ? 1 : 0);
}

function goalText(goal: number | null, met: boolean): string {
  return goal === null ? '' : `${goal}${met ? '' : ', missed'}`;
}

function countText(count: number): string {
  return count.toLocaleString('en-US');
}

/** A table with columns of one width, so that it can be read as text too. */
function markdown(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [titles, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = titles.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  const [head = [], ...body] = cells;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(line)].join(
    '\n',
  );
}

/** Of interest to whoever measures: smallest and largest. */
export function spreadText({ min, max }: Spread): string {
  return `${secondsText(min)} to ${secondsText(max)}`;
}
