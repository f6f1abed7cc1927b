import type { Context } from '../context.js';
import { isDatabaseAway } from '../db/database-error.js';
import { MavenError } from '../errors.js';

/** `not set up`: optional, and not configured. `not checked`: it could be wrong, but nothing here can tell. */
export type CheckState = 'ok' | 'warning' | 'failure' | 'not set up' | 'not checked';

/** What was found about one requirement. */
export interface CheckResult {
  readonly state: CheckState;
  /** What stands there, or what is wrong; one line, never a secret. */
  readonly detail: string;
  /** The command or the change that mends it; null where nothing is to be done. */
  readonly mend: string | null;
}

export interface DoctorCheck extends CheckResult {
  readonly name: string;
}

/** Looks at one requirement and changes nothing. What it throws is a failure with the error's hint. */
export type Check = (context: Context) => Promise<CheckResult>;

export function ok(detail: string): CheckResult {
  return { state: 'ok', detail, mend: null };
}

export function warning(detail: string, mend: string): CheckResult {
  return { state: 'warning', detail, mend };
}

export function failure(detail: string, mend: string): CheckResult {
  return { state: 'failure', detail, mend };
}

export function notSetUp(detail: string, mend: string): CheckResult {
  return { state: 'not set up', detail, mend };
}

export function notChecked(detail: string): CheckResult {
  return { state: 'not checked', detail, mend: null };
}

/** A check that asks the database, which another check looks at: one fault is told once. */
export function unlessAway(check: Check): Check {
  return async (context) => {
    try {
      return await check(context);
    } catch (error) {
      if (isDatabaseAway(error)) return notChecked('the database does not answer');
      throw error;
    }
  };
}

const PATIENCE_MS = 12_000;

/**
 * Runs a check that may throw or never answer.
 *
 * @returns a failure in both cases.
 */
export async function runCheck(name: string, check: Check, context: Context): Promise<DoctorCheck> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<CheckResult>((resolve) => {
    const answer = failure(
      `no answer within ${PATIENCE_MS / 1000} s`,
      'see that it is reachable and not busy',
    );
    timer = setTimeout(() => resolve(answer), PATIENCE_MS);
  });
  try {
    return { name, ...(await Promise.race([check(context), late])) };
  } catch (error) {
    if (!(error instanceof MavenError)) throw error;
    return { name, ...failure(error.message, error.hint) };
  } finally {
    clearTimeout(timer);
  }
}
