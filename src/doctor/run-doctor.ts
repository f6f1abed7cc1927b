import type { Context } from '../context.js';
import { type Check, type DoctorCheck, runCheck } from './check.js';

export interface DoctorReport {
  /** The worst of the checks: `failure` before `warning` before `ok`. */
  readonly verdict: 'ok' | 'warning' | 'failure';
  readonly checks: readonly DoctorCheck[];
}

/** In the order in which a person mends them: each needs those before it. */
async function allChecks(): Promise<readonly (readonly [string, Check])[]> {
  const [repository, objects, machine, services] = await Promise.all([
    import('./check-repository.js'),
    import('./check-objects.js'),
    import('./check-machine.js'),
    import('./check-services.js'),
  ]);
  return [
    ['node', machine.checkNode],
    ['git', repository.checkGit],
    ['repository', repository.checkRepository],
    ['memory', repository.checkMemory],
    ['history', repository.checkShallow],
    ['identity', repository.checkIdentity],
    ['line endings', repository.checkLineEndings],
    ['merge driver', repository.checkMergeDriver],
    ['hooks', repository.checkHooks],
    ['locks', repository.checkLocks],
    ['objects', objects.checkObjects],
    ['disk', machine.checkDisk],
    ['clock', machine.checkClock],
    ['database', services.checkDatabase],
    ['projection', services.checkProjection],
    ['MoHa', services.checkUpstream],
    ['Hyperliquid', services.checkExchange],
    ['Redis', services.checkRedis],
    ['jobs', machine.checkJobs],
  ];
}

/** Looks at every requirement, all at once, and changes nothing. */
export async function runDoctor(context: Context): Promise<DoctorReport> {
  const checks = await Promise.all(
    (await allChecks()).map(([name, check]) => runCheck(name, check, context)),
  );
  const has = (state: DoctorCheck['state']): boolean => checks.some((check) => check.state === state);
  return { verdict: has('failure') ? 'failure' : has('warning') ? 'warning' : 'ok', checks };
}
