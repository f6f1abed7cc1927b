import type { RunDescription } from '../torture/results.js';

/** What a target's share of a run came to. */
export interface FuzzRow {
  readonly target: string;
  readonly executions: number;
  readonly seconds: number;
  /** Inputs that reached something none before had. */
  readonly corpus: number;
  /** Of the processor's time, for one input. */
  readonly slowestMs: number;
  readonly finds: readonly string[];
}

/** What `npm run fuzz -- --json FILE` writes. */
export interface FuzzReport {
  readonly format: 1;
  readonly run: RunDescription;
  readonly minutes: number;
  readonly executions: number;
  /** Of the blocks and branches of all modules that were loaded. */
  readonly coveredPct: number;
  readonly targets: readonly FuzzRow[];
}

/** A run as a table for docs/proofs.md, with the command that repeats it. */
export function fuzzTable({ run, minutes, executions, coveredPct, targets }: FuzzReport): string {
  const count = (number: number): string => number.toLocaleString('en-US');
  const rows = targets.map(
    (row) =>
      `| \`${row.target}\` | ${count(row.executions)} | ${count(row.corpus)} | ${count(row.slowestMs)} | ${row.finds.length} |`,
  );
  const finds = targets.reduce((sum, row) => sum + row.finds.length, 0);
  return [
    `${count(executions)} executions in ${count(minutes)} minutes, ${coveredPct} % of the blocks that were loaded, ${finds} finds.`,
    '',
    '| target | executions | inputs that reach something of their own | slowest ms | finds |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    `\`npm run fuzz -- --seed ${run.seed} --minutes ${minutes}\`: ${run.date.slice(0, 16).replace('T', ' ')}Z, ${run.commit === null ? 'no known commit' : `commit ${run.commit.slice(0, 12)}`}, load ${run.load}, ${run.machine}.`,
  ].join('\n');
}
