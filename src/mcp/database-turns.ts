import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../index.js';

/** Idle that long, the database is let go: others wait for it. */
const IDLE_MS = 1000;
/** Used that long without a pause, it is let go between two pieces of work. */
const TURN_MS = 3000;
/** How long others then have to take it; they look every few milliseconds. */
const PAUSE_MS = 80;

/**
 * Shares the embedded database with other processes: it is one connection under one lock, so a server that kept it open
 * would starve the command line, hooks and loops. A Postgres server is simply kept.
 */
export class DatabaseTurns {
  #users = 0;
  /** When it was taken, in the time of this process; null = it is not held. */
  #since: number | null = null;
  #idle: NodeJS.Timeout | null = null;
  /** New work waits for this; null = it may begin. */
  #pause: Promise<void> | null = null;
  /** Tells the pause that the last user has ended. */
  #drained: (() => void) | null = null;

  constructor(private readonly context: Context) {}

  /** Runs work that may use the database; waits while the database is let go. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    if (!this.#shared) return work();
    for (;;) {
      if (this.#pause === null && this.#turnIsOver()) this.#letGo();
      if (this.#pause === null) return this.join(work);
      await this.#pause;
    }
  }

  /** The same for a part of work that has its turn already: never waits. */
  async join<T>(work: () => Promise<T>): Promise<T> {
    if (!this.#shared) return work();
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = null;
    this.#since ??= performance.now();
    this.#users += 1;
    try {
      return await work();
    } finally {
      this.#users -= 1;
      if (this.#users === 0) {
        this.#drained?.();
        if (this.#pause === null) this.#idle = setTimeout(() => this.#letGo(), IDLE_MS).unref();
      }
    }
  }

  get #shared(): boolean {
    return this.context.config.database.kind === 'embedded';
  }

  #turnIsOver(): boolean {
    return this.#since !== null && performance.now() - this.#since > TURN_MS;
  }

  #letGo(): void {
    this.#pause ??= this.#release().finally(() => {
      this.#pause = null;
    });
  }

  async #release(): Promise<void> {
    if (this.#users > 0)
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
    this.#drained = null;
    this.#since = null;
    try {
      await this.context.release();
    } catch (error) {
      this.context.logger.warning(`the embedded database did not close in order: ${String(error)}`);
    }
    await sleep(PAUSE_MS);
  }
}
