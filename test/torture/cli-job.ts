import type { CliRun } from '../support/cli.js';
import type { Job } from './victim-process.js';
import type { World } from './world.js';
import type { Acknowledged } from './world-checks.js';

/** What the built program is asked to do, with its answer as one JSON document. */
export function jobArguments(job: Job, token: string): readonly string[] {
  switch (job) {
    case 'commit':
      return [
        ...['record', 'decision', '--type', 'buy', '--asset', 'BTC', '--risk', 'low', '--confidence', '82'],
        ...['--action', 'buy', '--reasoning', token, '--json'],
      ];
    case 'sync':
      return ['sync', 'trades', '--json'];
    case 'snapshot':
      return ['snapshot', '--type', 'manual', '--json'];
    case 'projection':
      return ['reconcile', '--json'];
  }
}

export function runJob(
  world: World,
  job: Job,
  token: string,
  env: Readonly<Record<string, string>> = {},
): Promise<CliRun> {
  return world.maven(jobArguments(job, token), env);
}

/** A job's answer, as far as it is looked at here. */
export interface Answer {
  readonly commit?: { readonly commit: string } | null;
  readonly published?: { readonly status: string } | null;
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string };
}

/** @returns null when stdout is not one JSON document, as where the process was killed. */
export function answerOf(run: Pick<CliRun, 'stdout'>): Answer | null {
  try {
    return JSON.parse(run.stdout) as Answer;
  } catch {
    return null;
  }
}

/** The write that a run acknowledged by its exit code. */
export function acknowledgedBy(run: CliRun, job: Job, token: string): readonly Acknowledged[] {
  const commit = run.exitCode === 0 ? answerOf(run)?.commit?.commit : undefined;
  return commit === undefined ? [] : [{ commit, token: job === 'commit' ? token : null }];
}

/** @returns what is wrong with how a failure is told; null = it has a code, says what to do, and shows no stack. */
export function faultOfError(run: CliRun): string | null {
  const error = answerOf(run)?.error;
  if (run.exitCode === null) return 'the process ended without an exit code';
  if (error === undefined) return `no error as JSON: ${run.stdout.slice(0, 200)} ${run.stderr.slice(0, 200)}`;
  if (error.hint === '' || error.message === '') return `no hint: ${JSON.stringify(error)}`;
  if (/^\s+at .*:\d+:\d+/m.test(run.stderr))
    return `a stack instead of a sentence: ${run.stderr.slice(0, 300)}`;
  return null;
}
