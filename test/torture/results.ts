import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { dirname } from 'node:path';
import { findingsOf, type Tally } from './scenario.js';

/** When, how and on what a scenario was run. */
export interface RunDescription {
  readonly seed: number;
  /** Part of all fault points that was tried, 0 to 1. */
  readonly share: number;
  /** UTC, ISO 8601. */
  readonly date: string;
  /** Of the program that was tortured; null where it is no checkout. */
  readonly commit: string | null;
  readonly machine: string;
  /** Over the last minute, before the scenario began: whoever else was at work; null where nobody looked. */
  readonly load: number | null;
}

/** What a scenario found, as it is kept. */
export interface Result {
  /** For `--fault`. */
  readonly fault: string;
  readonly name: string;
  readonly run: RunDescription;
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

/** What `--json` writes; each result says by itself when it was found, so that a later run replaces its own alone. */
export interface TortureResults {
  readonly format: 1;
  readonly results: readonly Result[];
}

const MOST_FINDINGS_KEPT = 20;

export function resultOf(
  scenario: { readonly fault: string; readonly name: string },
  run: RunDescription,
  tally: Tally,
  seconds: number,
): Result {
  return {
    fault: scenario.fault,
    name: scenario.name,
    run,
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

export function describeRun(seed: number, share: number): RunDescription {
  const model = os.cpus()[0]?.model ?? 'unknown processor';
  const gib = Math.round(os.totalmem() / 2 ** 30);
  return {
    seed,
    share,
    date: new Date().toISOString(),
    commit: headOfProject(),
    machine: `${os.cpus().length} cores (${model}), ${gib} GiB, ${os.type()} ${os.release()}, Node ${process.version}`,
    load: Math.round((os.loadavg()[0] ?? 0) * 10) / 10,
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

/** @returns none for a file that is not there, or of another shape. */
export function readResults(file: string): readonly Result[] {
  if (!existsSync(file)) return [];
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const isOurs = typeof value === 'object' && value !== null && 'format' in value && value.format === 1;
  return isOurs ? (value as TortureResults).results : [];
}

/** Puts results in the place of older ones of the same scenarios. */
export function writeResults(file: string, fresh: readonly Result[], order: readonly string[]): void {
  const byFault = new Map([...readResults(file), ...fresh].map((result) => [result.fault, result]));
  const results = order.flatMap((fault) => byFault.get(fault) ?? []);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ format: 1, results } satisfies TortureResults, null, 2)}\n`);
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
