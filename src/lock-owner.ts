import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { codeOf } from './errors.js';

/** Who holds a lock, as it stands in the lock's file. */
export interface LockOwner {
  readonly pid: number;
  /** Start of the process in clock ticks since boot, from `/proc`: a number used again is another process. Null without `/proc`. */
  readonly startTime: string | null;
  readonly bootId: string | null;
  /** Process-id namespace: the same number in two containers is two processes. Null without `/proc`. */
  readonly pidNamespace: string | null;
  readonly host: string;
  readonly purpose: string;
  /** When it was taken, ISO 8601 UTC. */
  readonly since: string;
}

/** `unknown`: the owner lives where we cannot look (another host or container); only its heartbeat tells. */
export type Liveness = 'alive' | 'dead' | 'unknown';

/** Describes this process as the owner of a lock taken now. */
export function ownerHere(purpose: string): LockOwner {
  return {
    pid: process.pid,
    startTime: startTimeOf(process.pid),
    bootId: bootId(),
    pidNamespace: pidNamespace(),
    host: hostname(),
    purpose,
    since: new Date().toISOString(),
  };
}

/**
 * Reads an owner back from a lock's file.
 *
 * @returns null when the text is no owner: a file torn by a power loss, or one of another program.
 */
export function parseOwner(text: string): LockOwner | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const fields: Readonly<Record<string, unknown>> = { ...value };
  if (typeof fields.pid !== 'number' || typeof fields.host !== 'string') return null;
  return {
    pid: fields.pid,
    startTime: textOrNull(fields.startTime),
    bootId: textOrNull(fields.bootId),
    pidNamespace: textOrNull(fields.pidNamespace),
    host: fields.host,
    purpose: textOrNull(fields.purpose) ?? 'unknown',
    since: textOrNull(fields.since) ?? 'unknown',
  };
}

/**
 * Tells whether the process that took a lock still runs.
 *
 * On the same boot and in the same process-id namespace `/proc` answers exactly. After a reboot of this host the owner
 * is dead. Without `/proc` a missing pid is dead, but a living pid may be another process: unknown.
 */
export function livenessOf(owner: LockOwner): Liveness {
  const boot = bootId();
  if (boot !== null && owner.bootId === boot) {
    if (owner.pidNamespace !== pidNamespace()) return 'unknown';
    const start = startTimeOf(owner.pid);
    return start !== null && start === owner.startTime ? 'alive' : 'dead';
  }
  if (owner.host !== hostname()) return 'unknown';
  if (boot !== null && owner.bootId !== null) return 'dead';
  return pidExists(owner.pid) ? 'unknown' : 'dead';
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function readOrNull(read: () => string): string | null {
  try {
    return read().trim();
  } catch (error) {
    // No /proc (macOS, Windows), no such process, or a sandbox that hides it.
    if (codeOf(error) === undefined) throw error;
    return null;
  }
}

function bootId(): string | null {
  return readOrNull(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'));
}

function pidNamespace(): string | null {
  return readOrNull(() => readlinkSync('/proc/self/ns/pid'));
}

/** Start time of a running process; null when there is none or it is only waiting to be reaped. */
function startTimeOf(pid: number): string | null {
  const stat = readOrNull(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (stat === null) return null;
  // The second field is the command in parentheses and may hold anything, spaces and parentheses included.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  return state === 'Z' || state === 'X' ? null : (fields[19] ?? null);
}

function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
