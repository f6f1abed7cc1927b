import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Cache,
  type Context,
  commitsBehind,
  headRevision,
  type Logger,
  MavenError,
  openAnswerCache,
  type Progress,
  type ReconcileReport,
  reconcile,
} from '../index.js';
import { type Call, whileWanted } from './call.js';
import { DatabaseTurns } from './database-turns.js';
import { createLimiter } from './limiter.js';

/** What every answer of the library says of itself. */
export interface Sourced {
  readonly revision: string;
  readonly source: 'postgres' | 'git';
  readonly notice: string | null;
}

/** The same, with what the server adds. */
export type Asked<T extends Sourced> = T & {
  /** Commits of HEAD that the answer does not know; null = its revision is not in this history. */
  readonly behind_by: number | null;
};

/** How far the first reconcile of this server is. */
export interface Preparation {
  readonly state: 'not begun' | 'running' | 'done' | 'failed';
  /** What is done now, or what went wrong. */
  readonly detail: string | null;
}

type Projection =
  | { readonly ready: true; readonly revision: string }
  | { readonly ready: false; readonly error: MavenError };

const CACHE_SECONDS = 60;
/**
 * Longest wait for the database before git is asked instead: while nothing is heard of it, while it is opened for the
 * first time, and while it is being filled.
 */
const PATIENCE_MS = 4000;
const PATIENCE_AT_FIRST_MS = 10_000;
const PATIENCE_AT_WORK_MS = 25_000;
/** A database that is away is not tried again at every question. */
const AWAY_MS = 2000;
const READS_AT_ONCE = 4;
const CLOSE_PATIENCE_MS = 3000;
const LONG_AGO = -1e9;

/** One client's conversation with one repository: opens things when they are needed, and lets go of them. */
export class McpSession {
  readonly #turns: DatabaseTurns;
  readonly #reads = createLimiter(READS_AT_ONCE);
  readonly #writes = createLimiter(1);
  readonly #end = new AbortController();
  readonly #commits = new Set<Promise<unknown>>();
  #cache: Promise<Cache> | null = null;
  #bringing: Promise<Projection> | null = null;
  #away: { readonly since: number; readonly error: MavenError } | null = null;
  #progressAt = LONG_AGO;
  /** What the last reconcile left, as the database tells it: to be sure of at the cost of one look. */
  #projected: { readonly revision: string; readonly state: string } | null = null;
  #preparation: Preparation = { state: 'not begun', detail: null };

  constructor(
    /** Not to be asked for its database by anybody else: that goes by turns. */
    readonly context: Context,
    readonly readOnly: boolean,
    /** Called when a commit was made here. */
    private readonly onCommit: () => void,
  ) {
    this.#turns = new DatabaseTurns(context);
  }

  get logger(): Logger {
    return this.context.logger;
  }

  get preparation(): Preparation {
    return this.#preparation;
  }

  now(): Date {
    return this.context.clock();
  }

  /** Brings the database to HEAD in the background, so that the first question need not. */
  prepare(): void {
    this.#preparation = { state: 'running', detail: 'the database is being brought to HEAD' };
    this.logger.info('bringing the database to HEAD in the background');
    void this.#turns
      .use(() => this.#bring())
      .then(
        (projection) => {
          if (projection.ready) this.logger.info(`the database is at ${projection.revision.slice(0, 12)}`);
          else
            this.logger.warning(
              `the database could not be brought to HEAD: ${projection.error.message}; git answers meanwhile`,
            );
        },
        (error: unknown) => this.logger.error(`the first reconcile failed: ${String(error)}`),
      );
  }

  /**
   * Answers a question from the projection at HEAD; from git where the database is away, or not ready in time. An answer
   * is kept for a minute, under a key that holds the projected revision.
   *
   * @param question - names it together with all that its answer depends on.
   */
  async ask<T extends Sourced>(
    question: readonly unknown[],
    call: Call,
    work: (context: Context) => Promise<T>,
  ): Promise<Asked<T>> {
    const answer = await whileWanted(
      call.signal,
      this.#turns.use(() => this.#answer(question, call, work)),
    );
    return { ...answer, behind_by: await this.#behind(answer.revision) };
  }

  /** Reads git alone; no database is waited for. */
  async read<T>(call: Call, work: (context: Context) => Promise<T>): Promise<T> {
    return whileWanted(
      call.signal,
      this.#reads(() => work(this.#reading)),
    );
  }

  /**
   * Runs a write. Once it has begun it is carried to its end, whatever becomes of the client: a commit is never left
   * half made.
   */
  async write<T>(call: Call, work: (context: Context) => Promise<T>): Promise<T> {
    if (this.readOnly)
      throw new MavenError('USAGE', 'this server was started with --read-only', {
        hint: 'start maven-git mcp without it to write',
      });
    return this.#keep(
      this.#writes(() =>
        this.#turns.use(async () => {
          // A client that gave up while it waited for its turn wants no commit.
          call.signal.throwIfAborted();
          try {
            return await work({ ...this.context, progress: ({ phase }) => call.report(phase) });
          } finally {
            this.onCommit();
          }
        }),
      ),
    );
  }

  /** Runs long work over the database that leaves nothing half done when it is broken off: it ends with the client. */
  async long<T>(call: Call, work: (context: Context) => Promise<T>): Promise<T> {
    const progress = (now: Progress): void => {
      call.signal.throwIfAborted();
      this.#end.signal.throwIfAborted();
      call.report(progressText(now));
    };
    return whileWanted(
      call.signal,
      this.#reads(() => this.#turns.use(() => work({ ...this.context, progress }))),
    );
  }

  /** Ends the conversation: work that writes is waited for, all else is broken off. */
  async close(): Promise<void> {
    this.#end.abort(new Error('the client has gone'));
    await Promise.allSettled([...this.#commits]);
    await (await this.#cache)?.close();
    // A read that does not end must not keep the process.
    await Promise.race([this.context.close(), sleep(CLOSE_PATIENCE_MS, undefined, { ref: false })]);
  }

  /** For reads: they end when the client has gone. */
  get #reading(): Context {
    return { ...this.context, progress: () => this.#end.signal.throwIfAborted() };
  }

  async #answer<T extends Sourced>(
    question: readonly unknown[],
    call: Call,
    work: (context: Context) => Promise<T>,
  ): Promise<T> {
    const projection = await this.#ready(call);
    const context = projection.ready ? this.#reading : withoutDatabase(this.#reading, projection.error);
    const revision = projection.ready ? projection.revision : await headRevision(this.context);
    const state = projection.ready ? 'postgres' : projection.error.code;
    const key = createHash('sha256')
      .update(JSON.stringify([revision, state, question]))
      .digest('hex');
    this.#cache ??= openAnswerCache(this.context);
    const cache = await this.#cache;
    const fill = (): Promise<string> =>
      this.#reads(async () => {
        const answer = await work(context);
        // The database went away in between: not what the key says.
        if (projection.ready && answer.source === 'git') throw new NotKept(answer);
        return JSON.stringify(answer);
      });
    try {
      return JSON.parse(await cache.getOrFill(`mcp:${revision}:${key}`, CACHE_SECONDS, fill)) as T;
    } catch (error) {
      if (error instanceof NotKept) return error.answer as T;
      throw error;
    }
  }

  /** Waits for the projection, as long as it is worth it. */
  async #ready(call: Call): Promise<Projection> {
    if (this.#away !== null && performance.now() - this.#away.since < AWAY_MS)
      return { ready: false, error: this.#away.error };
    const bringing = this.#turns.join(() => this.#bring());
    const started = performance.now();
    for (;;) {
      const stop = new AbortController();
      const pause = sleep(250, null, { signal: stop.signal, ref: false }).catch(() => null);
      const projection = await Promise.race([bringing, pause]);
      stop.abort();
      if (projection !== null) return projection;
      const now = performance.now();
      const atWork = now - this.#progressAt < 2000;
      const quiet = this.#preparation.state === 'running' ? PATIENCE_AT_FIRST_MS : PATIENCE_MS;
      if (now - started > (atWork ? PATIENCE_AT_WORK_MS : quiet))
        return { ready: false, error: notInTime(atWork, this.#preparation) };
      if (this.#preparation.detail !== null) call.report(this.#preparation.detail);
    }
  }

  /** One reconcile for everybody who asks meanwhile. */
  #bring(): Promise<Projection> {
    this.#bringing ??= this.#reconcile().finally(() => {
      this.#bringing = null;
    });
    return this.#bringing;
  }

  /** @returns what is projected when that is known to be HEAD; null = a reconcile must tell. */
  async #standing(): Promise<Projection | null> {
    const known = this.#projected;
    if (known === null || (await headRevision(this.context)) !== known.revision) return null;
    // Somebody may have wiped or moved the database meanwhile.
    const state = await (await this.context.database()).peek().catch(() => null);
    return JSON.stringify(state) === known.state ? { ready: true, revision: known.revision } : null;
  }

  async #reconcile(): Promise<Projection> {
    const standing = await this.#standing();
    if (standing !== null) return standing;
    const first = this.#preparation.state !== 'done';
    const progress = (now: Progress): void => {
      this.#end.signal.throwIfAborted();
      this.#progressAt = performance.now();
      if (first) this.#preparation = { state: 'running', detail: progressText(now) };
    };
    try {
      const { revision }: ReconcileReport = await reconcile({ ...this.context, progress });
      const state = await (await this.context.database()).peek();
      this.#projected = state?.revision === revision ? { revision, state: JSON.stringify(state) } : null;
      this.#away = null;
      this.#preparation = { state: 'done', detail: null };
      return { ready: true, revision };
    } catch (error) {
      if (!(error instanceof MavenError)) throw error;
      this.#away = { since: performance.now(), error };
      if (first) this.#preparation = { state: 'failed', detail: `${error.message}; ${error.hint}` };
      return { ready: false, error };
    }
  }

  async #behind(revision: string): Promise<number | null> {
    return (await headRevision(this.context)) === revision ? 0 : commitsBehind(this.context, revision);
  }

  /** Remembers work that the end of the conversation waits for. */
  #keep<T>(work: Promise<T>): Promise<T> {
    const settled = work.then(
      () => undefined,
      () => undefined,
    );
    this.#commits.add(settled);
    void settled.then(() => this.#commits.delete(settled));
    return work;
  }
}

class NotKept extends Error {
  constructor(readonly answer: unknown) {
    super('an answer that is not kept');
  }
}

/** The same repository as if its database were away, so that git is asked at once. */
function withoutDatabase(context: Context, error: MavenError): Context {
  return { ...context, database: () => Promise.reject(error) };
}

function notInTime(atWork: boolean, { detail }: Preparation): MavenError {
  const why = atWork
    ? `the database is still being brought to HEAD (${detail ?? 'at work'})`
    : 'the database did not answer in time; another process may hold it';
  return new MavenError('DATABASE_BUSY', why, { hint: 'ask again in a while to be answered from it' });
}

function progressText({ phase, done, total }: Progress): string {
  return total > 0 ? `${phase} ${done}/${total}` : phase;
}
