import { Script } from 'node:vm';
import type { Random } from '../torture/random.js';
import { Corpus } from './corpus.js';
import type { Reached } from './coverage.js';
import { minimise } from './minimise.js';
import { mutate } from './mutate.js';
import { FuzzFault, type FuzzTarget } from './target.js';

/** An input for which something does not hold, made as small as it will go. */
export interface Find {
  readonly target: string;
  readonly bytes: Buffer;
  readonly what: string;
}

export interface FuzzResult {
  readonly target: string;
  readonly executions: number;
  /** Inputs that reached something none before had. */
  readonly corpus: readonly Buffer[];
  readonly slowestMs: number;
  readonly finds: readonly Find[];
}

/** An input may take this long, of the processor's time: a busy machine is no fault. */
export const LIMIT_MS = 1000;
/** When an input that does not come back is stopped. */
const PATIENCE_MS = 10_000;
const HANG = 'hang: it does not come back';
/** One target cannot drown the others in finds. */
const MOST_FINDS = 10;

/**
 * Tries inputs on a target until the time is over: each one is made from two that reached something new, and is kept
 * when it does so too.
 *
 * @param deadline - as `performance.now()` counts.
 * @param most - executions at most.
 */
export async function fuzz(
  target: FuzzTarget,
  options: {
    readonly random: Random;
    readonly coverage: { take(): Reached };
    readonly deadline: number;
    readonly most?: number;
    readonly corpus?: readonly Buffer[];
  },
): Promise<FuzzResult> {
  const { random, coverage, deadline, most = Number.POSITIVE_INFINITY } = options;
  const corpus = new Corpus();
  const finds = new Map<string, Find>();
  let [executions, slowestMs] = [0, 0];

  const attempt = async (bytes: Buffer): Promise<void> => {
    executions += 1;
    const { fault, milliseconds } = await tryInput(target, bytes);
    slowestMs = Math.max(slowestMs, milliseconds);
    const features = coverage.take();
    if (fault !== null && !finds.has(signatureOf(fault)) && finds.size < MOST_FINDS) {
      const small = await minimise(bytes, async (smaller) => {
        const again = await tryInput(target, smaller);
        return again.fault !== null && signatureOf(again.fault) === signatureOf(fault);
      });
      coverage.take();
      finds.set(signatureOf(fault), { target: target.name, bytes: small, what: fault });
      return;
    }
    if (fault === null) corpus.add(bytes, features);
  };

  const seeds = [...target.seeds(), ...(options.corpus ?? [])];
  for (const seed of seeds) if (performance.now() < deadline) await attempt(seed);
  while (performance.now() < deadline && executions < most) {
    const pick = (): Buffer => corpus.pick(random) ?? random.pick(seeds) ?? Buffer.from('\n');
    await attempt(mutate(pick(), random, pick()));
  }
  return { target: target.name, executions, corpus: corpus.inputs, slowestMs, finds: [...finds.values()] };
}

export interface Attempt {
  /** Null: everything holds. */
  readonly fault: string | null;
  /** Of the processor's time. */
  readonly milliseconds: number;
}

/** Runs a target on an input; crashes, broken laws, hangs and slowness are faults. */
export async function tryInput(
  target: FuzzTarget,
  bytes: Buffer,
  patienceMs = PATIENCE_MS,
): Promise<Attempt> {
  const first = await timed(target, bytes, patienceMs);
  if (first.fault !== null || first.milliseconds <= LIMIT_MS) return first;
  // What the machine did beside it, and the compiler's work on the first run, are not the input's.
  const second = await timed(target, bytes, patienceMs);
  if (second.milliseconds <= LIMIT_MS) return second;
  return { ...second, fault: `slow: ${Math.round(second.milliseconds / 500) * 500} ms for one input` };
}

async function timed(target: FuzzTarget, bytes: Buffer, patienceMs: number): Promise<Attempt> {
  const started = process.cpuUsage();
  const fault = await faultOf(target, bytes, patienceMs);
  const { user, system } = process.cpuUsage(started);
  return { fault, milliseconds: (user + system) / 1000 };
}

/** Stops a synchronous endless loop, which nothing in JavaScript itself can. */
const step = new Script('globalThis.fuzzStep()');

async function faultOf(target: FuzzTarget, bytes: Buffer, patienceMs: number): Promise<string | null> {
  try {
    const started: { work?: void | Promise<void> } = {};
    (globalThis as { fuzzStep?: () => void }).fuzzStep = () => {
      started.work = target.check(bytes);
    };
    step.runInThisContext({ timeout: patienceMs });
    await within(patienceMs, started.work);
    return null;
  } catch (error) {
    return describe(error);
  }
}

async function within(milliseconds: number, work: void | Promise<void>): Promise<void> {
  if (!(work instanceof Promise)) return;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new FuzzFault(HANG)), milliseconds);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return `threw ${String(error)}`;
  if ('code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return HANG;
  if (error instanceof FuzzFault) return error.message;
  const frame = error.stack?.split('\n').find((line) => /\/(?:parsers|src)\//.test(line)) ?? '';
  return `${error.name}: ${error.message.slice(0, 200)} ${frame.replace(/\(?(?:file:\/\/)?[^ (]*\/(?=(?:parsers|src)\/)/, '(').trim()}`;
}

/** What tells one fault from another: its words without the numbers and the names. */
function signatureOf(fault: string): string {
  return fault.replace(/'[^']*'|"[^"]*"/g, '').replace(/\d+/g, '#');
}
