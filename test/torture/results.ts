import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { dirname } from 'node:path';
import { findingsOf, type Tally } from './scenario.js';

/** What a scenario found, as it is kept. */
export interface Result {
  /** For `--fault`. */
  readonly fault: string;
  readonly name: string;
  readonly tries: number;
  readonly faults: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly corrupt: number;
  readonly drift: number;
  readonly seconds: number;
  readonly kinds: Readonly<Record<string, number>>;
  readonly notRun: readonly string[];
  readonly findings: readonly string[];
}

/** A run of `npm run torture`, as `--json` writes it. */
export interface TortureRun {
  readonly seed: number;
  readonly share: number;
  /** ISO 8601, UTC. */
  readonly date: string;
  /** Of the program that was tortured; null where it is no checkout. */
  readonly commit: string | null;
  readonly machine: string;
  readonly results: readonly Result[];
}

const MOST_FINDINGS_KEPT = 20;

export function resultOf(fault: string, name: string, tally: Tally, seconds: number): Result {
  return {
    fault,
    name,
    tries: Math.max(tally.tries, tally.faults),
    faults: tally.faults,
    acknowledged: tally.acknowledged,
    lost: tally.lost.length,
    corrupt: tally.broken.length,
    drift: tally.drift.length,
    seconds: Math.round(seconds),
    kinds: tally.kinds,
    notRun: tally.notRun,
    findings: findingsOf(tally).slice(0, MOST_FINDINGS_KEPT),
  };
}

/** When, on what, and of which commit. */
export function describeRun(seed: number, share: number): Omit<TortureRun, 'results'> {
  const model = os.cpus()[0]?.model ?? 'unknown processor';
  const gib = Math.round(os.totalmem() / 2 ** 30);
  return {
    seed,
    share,
    date: new Date().toISOString(),
    commit: headOfProject(),
    machine: `${os.cpus().length} cores (${model}), ${gib} GiB, ${os.type()} ${os.release()}, Node ${process.version}`,
  };
}

function headOfProject(): string | null {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    // A package has no history.
    return null;
  }
}

export function writeResults(file: string, run: TortureRun): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(run, null, 2)}\n`);
}

/** The summary of a run, columns in line. */
export function table(results: readonly Result[]): string {
  const head = ['scenario', 'tries', 'faults', 'acknowledged', 'lost', 'corrupt', 'drift', 'seconds'];
  const rows = results.map((result) => [
    result.notRun.length > 0 && result.tries === 0 ? `${result.fault} (not run)` : result.fault,
    ...[
      result.tries,
      result.faults,
      result.acknowledged,
      result.lost,
      result.corrupt,
      result.drift,
      result.seconds,
    ].map(String),
  ]);
  const widths = head.map((name, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? name).length)),
  );
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  '),
    )
    .join('\n');
}
