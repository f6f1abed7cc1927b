import type { Result } from './results.js';

/** A figure that was to be reached, and the scenarios that count towards it. */
interface Figure {
  readonly what: string;
  readonly goal: number;
  readonly faults: readonly string[];
  readonly counted: 'faults' | 'acknowledged';
}

const FIGURES: readonly Figure[] = [
  { what: 'random kill -9', goal: 10_000, faults: ['random-kill'], counted: 'faults' },
  {
    what: 'kill points of a commit, over six kinds of repository',
    goal: 1_200,
    faults: ['kill', 'person', 'real-kill'],
    counted: 'faults',
  },
  { what: 'kills at system calls', goal: 160, faults: ['system-call'], counted: 'faults' },
  {
    what: 'commits of 8 writers beside native git',
    goal: 4_000,
    faults: ['writers'],
    counted: 'acknowledged',
  },
  { what: 'power-loss points', goal: 110, faults: ['power'], counted: 'faults' },
  { what: 'upstream transactions out of order', goal: 10_000, faults: ['late-rows'], counted: 'faults' },
  { what: 'mutated artifacts', goal: 1_000_000, faults: ['artifacts'], counted: 'faults' },
  { what: 'hostile files', goal: 500, faults: ['hostile'], counted: 'faults' },
  { what: 'hostile MCP requests', goal: 10_000, faults: ['mcp'], counted: 'faults' },
];

/** Figures to reach, and what was reached. */
export function figureTable(results: readonly Result[]): string {
  const byFault = new Map(results.map((result) => [result.fault, result]));
  const rows = FIGURES.map(({ what, goal, faults, counted }) => {
    const found = faults.flatMap((fault) => byFault.get(fault) ?? []);
    const reached = sum(found, (result) => result[counted]);
    const names = faults.map((fault) => `\`${fault}\``).join(', ');
    if (found.length === 0) return [what, count(goal), 'not run', '', '', '', names];
    const bad = [...(['lost', 'corrupt', 'drift'] as const)].map((column) =>
      count(sum(found, (result) => result[column])),
    );
    return [what, count(goal), `${count(reached)}${reached < goal ? ' (short)' : ''}`, ...bad, names];
  });
  return markdown(['figure', 'goal', 'reached', 'lost', 'corrupt', 'drift', 'scenario'], rows);
}

/** Every scenario with what it tried and found. */
export function faultTable(results: readonly Result[]): string {
  return markdown(
    ['scenario', 'what happens', 'tries', 'faults', 'acknowledged', 'lost', 'corrupt', 'drift', 'seconds'],
    results.map((result) => [
      `\`${result.fault}\``,
      result.notRun.length === 0 ? result.name : `${result.name}; not run: ${result.notRun.join('; ')}`,
      ...(['tries', 'faults', 'acknowledged', 'lost', 'corrupt', 'drift', 'seconds'] as const).map((column) =>
        count(result[column]),
      ),
    ]),
  );
}

/** What was found and is not mended yet, as it was said. */
export function findingList(results: readonly Result[]): string {
  const found = results.flatMap(({ fault, findings }) =>
    findings.map((finding) => `- \`${fault}\`: ${finding.replace(/\s+/g, ' ').slice(0, 300)}`),
  );
  return found.length === 0 ? 'None.' : found.join('\n');
}

/** How often each kind of fault was injected, where a scenario has several. */
export function kindTable(results: readonly Result[]): string {
  const rows = results.flatMap(({ fault, kinds }) =>
    Object.entries(kinds).map(([kind, times]) => [`\`${fault}\``, kind, count(times)]),
  );
  return markdown(['scenario', 'fault', 'times'], rows);
}

/** When, of what and where each part was tried, with the command that repeats it. */
export function runNotes(results: readonly Result[]): string {
  const notes = results.map(({ fault, run }) => {
    const commit = run.commit === null ? 'no known commit' : `commit ${run.commit.slice(0, 12)}`;
    const command = `npm run torture -- --fault ${fault} --seed ${run.seed} --share ${run.share} --minutes 600`;
    return `- \`${command}\`: ${run.date.slice(0, 16).replace('T', ' ')}Z, ${commit}${run.load === null ? '' : `, load ${run.load}`}`;
  });
  const machines = [...new Set(results.map(({ run }) => run.machine))];
  return [...notes, '', ...machines.map((machine) => `Machine: ${machine}.`)].join('\n');
}

function sum(results: readonly Result[], pick: (result: Result) => number): number {
  return results.reduce((total, result) => total + pick(result), 0);
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}

function markdown(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return 'Nothing was run yet.';
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n');
}
