import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PGlite, PGliteOptions } from '@electric-sql/pglite';
import { codeOf, MavenError } from '../errors.js';
import { acquireProcessLock, type ProcessLock } from '../process-lock.js';
import type { Database, ProjectedState, Session } from './database.js';
import { databaseError } from './database-error.js';
import { readEmbeddedImage } from './embedded-image.js';
import { PEEK_SQL, stateFromRow } from './projected-state.js';

export interface EmbeddedOptions {
  /** Folder for the database, its lock and its notes; null keeps it in memory, for scratch work. */
  readonly folder: string | null;
  readonly lockTimeoutMs: number;
  /** Says what takes long or went wrong: waiting for another process, a damaged folder moved aside. */
  readonly notice: (message: string) => void;
}

/** PGlite has no flow control of its own: a COPY is handed over in blobs of this size. */
const BLOB_BYTES = 8 * 1024 * 1024;

/** Postgres type ids whose values PGlite would turn into numbers, Dates and objects. */
const TEXT_OIDS = [16, 20, 21, 23, 26, 114, 700, 701, 1082, 1083, 1114, 1184, 1186, 1700, 3802];

/**
 * The embedded database of a repository: Postgres compiled to WebAssembly, in a folder of the git directory.
 *
 * It is opened on the first use and kept until {@link Database.close}. PGlite itself has no lock, and two processes in
 * one folder corrupt it in silence: a process lock of ours makes the second wait its turn.
 */
export function openEmbeddedDatabase(options: EmbeddedOptions): Database {
  const store = new EmbeddedStore(options);
  return {
    kind: 'embedded',
    description: options.folder === null ? 'the in-memory database' : 'the embedded database',
    peek: () => store.peek(),
    withSession: (work) => store.withSession(work),
    close: () => store.close(),
  };
}

class EmbeddedStore {
  readonly #options: EmbeddedOptions;
  #opened: Promise<{ readonly pglite: PGlite; readonly lock: ProcessLock | null }> | null = null;
  /** PGlite is one connection: pieces of work queue for it. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: EmbeddedOptions) {
    this.#options = options;
  }

  async peek(): Promise<ProjectedState | null> {
    if (this.#opened !== null) return readState((await this.#opened).pglite);
    return this.#options.folder === null ? null : readNote(this.#options.folder);
  }

  withSession<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const turn = this.#queue.then(() => this.#runSession(work));
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {
    await this.#queue;
    if (this.#opened === null) return;
    const { pglite, lock } = await this.#opened;
    this.#opened = null;
    const { folder, notice } = this.#options;
    try {
      const state = folder === null ? null : await readState(pglite).catch(() => null);
      await pglite.close();
      if (state !== null && folder !== null) await writeNote(folder, state);
    } catch (error) {
      // What was asked for is done or has failed already; everything in here follows from git.
      const message = error instanceof Error ? error.message : String(error);
      notice(
        `the embedded database was not closed in good order (${message}); the next command looks after it`,
      );
    } finally {
      await lock?.release();
    }
  }

  async #runSession<T>(work: (session: Session) => Promise<T>): Promise<T> {
    this.#opened ??= openStore(this.#options);
    const { pglite } = await this.#opened.catch((error) => {
      this.#opened = null;
      throw cannotOpen(error, this.#options.folder);
    });
    const { kyselyOn } = await import('./single-connection.js');
    const db = kyselyOn({ query: (text, values) => query(pglite, text, values) });
    try {
      return await work({
        db,
        copyInto: (table, columns, chunks) => copyInto(pglite, table, columns, chunks),
      });
    } catch (error) {
      throw databaseError(error, 'the embedded database');
    } finally {
      // What a failed piece of work left open must not reach the next one.
      await pglite.exec('rollback').catch(() => undefined);
    }
  }
}

async function openStore(options: EmbeddedOptions): Promise<{ pglite: PGlite; lock: ProcessLock | null }> {
  if (options.folder === null) return { pglite: await openPglite(undefined), lock: null };
  await mkdir(options.folder, { recursive: true });
  const lock = await acquireProcessLock(path.join(options.folder, 'lock'), {
    timeoutMs: options.lockTimeoutMs,
    purpose: 'embedded database',
    onWait: (owner) =>
      options.notice(`waiting for process ${owner.pid} to finish with the embedded database`),
  });
  try {
    await rm(notePath(options.folder), { force: true });
    return { pglite: await openFolder(options.folder, options.notice), lock };
  } catch (error) {
    await lock.release().catch(() => undefined);
    throw error;
  }
}

/**
 * Opens the data folder. PGlite never syncs to disk, so a power loss may damage it; as everything in it follows from
 * git, a folder that does not open is moved aside and made anew.
 */
async function openFolder(folder: string, notice: (message: string) => void): Promise<PGlite> {
  const data = path.join(folder, 'postgres');
  try {
    return await openPglite(data);
  } catch (error) {
    // Not the data's fault: the next attempt may find room, or the right to read.
    if (OUTSIDE_FAULTS.has(codeOf(error) ?? '')) throw error;
    const aside = `${data}.damaged`;
    await rm(aside, { recursive: true, force: true });
    await rename(data, aside).catch((failure) => {
      throw codeOf(failure) === 'ENOENT' ? error : failure;
    });
    notice(`the embedded database did not open and was moved to ${aside}; it is made anew from git`);
    return openPglite(data);
  }
}

const OUTSIDE_FAULTS: ReadonlySet<string> = new Set([
  'ENOSPC',
  'EACCES',
  'EPERM',
  'EROFS',
  'EMFILE',
  'ENFILE',
  'EDQUOT',
]);

function cannotOpen(error: unknown, folder: string | null): unknown {
  if (error instanceof MavenError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new MavenError(
    'DATABASE_UNREACHABLE',
    `the embedded database cannot be opened: ${message.split('\n')[0]}`,
    {
      hint: `see that ${folder ?? 'memory'} can be written, or set MAVEN_DATABASE_URL to use a server`,
      cause: error,
    },
  );
}

/** Opens a database, or makes it. A process that is killed while it makes one leaves a mark, and the next begins anew. */
async function openPglite(dataDir: string | undefined): Promise<PGlite> {
  if (dataDir === undefined) return startPglite(undefined, await readEmbeddedImage());
  const mark = `${dataDir}.unfinished`;
  if (existsSync(mark)) await rm(dataDir, { recursive: true, force: true });
  if (existsSync(dataDir)) return startPglite(dataDir, null);
  await writeFile(mark, '');
  const pglite = await startPglite(dataDir, await readEmbeddedImage());
  await rm(mark);
  return pglite;
}

/** @param image - null = the data are there, or PGlite makes them. */
async function startPglite(dataDir: string | undefined, image: Blob | null): Promise<PGlite> {
  const { PGlite } = await import('@electric-sql/pglite');
  const asText = (value: string) => value;
  const options: PGliteOptions = {
    ...(dataDir === undefined ? {} : { dataDir }),
    ...(image === null ? {} : { loadDataDir: image }),
    parsers: Object.fromEntries(TEXT_OIDS.map((oid) => [oid, asText])),
  };
  const pglite = await PGlite.create(options);
  await pglite.exec("set timezone to 'UTC'; set datestyle to 'ISO, YMD'; set client_min_messages to warning");
  return pglite;
}

async function query(pglite: PGlite, text: string, values: readonly unknown[]) {
  const answer = await pglite.query(text, [...values]);
  const command = /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? '';
  return { command, rowCount: answer.affectedRows ?? answer.rows.length, rows: answer.rows };
}

async function copyInto(
  pglite: PGlite,
  table: string,
  columns: readonly string[],
  chunks: AsyncIterable<Buffer>,
): Promise<void> {
  const statement = `copy ${table} (${columns.join(', ')}) from '/dev/blob'`;
  let parts: Buffer[] = [];
  let size = 0;
  const flush = async (): Promise<void> => {
    if (size > 0) await pglite.query(statement, [], { blob: new Blob(parts) });
    parts = [];
    size = 0;
  };
  for await (const chunk of chunks) {
    parts.push(chunk);
    size += chunk.length;
    if (size >= BLOB_BYTES) await flush();
  }
  await flush();
}

async function readState(pglite: PGlite): Promise<ProjectedState | null> {
  try {
    return stateFromRow((await pglite.query(PEEK_SQL)).rows[0]);
  } catch (error) {
    if (codeOf(error) === '42P01') return null;
    throw databaseError(error, 'the embedded database');
  }
}

/**
 * The note of the last orderly close: which tree is projected. It lets a reconcile with nothing to do end without
 * starting Postgres. It is removed before the database is opened, and lies inside the data, so it never outlives what it
 * says.
 */
function notePath(folder: string): string {
  return path.join(folder, 'postgres', 'maven-projected.json');
}

async function writeNote(folder: string, state: ProjectedState): Promise<void> {
  await writeFile(notePath(folder), `${JSON.stringify(state)}\n`);
}

async function readNote(folder: string): Promise<ProjectedState | null> {
  try {
    const note: unknown = JSON.parse(await readFile(notePath(folder), 'utf8'));
    if (typeof note !== 'object' || note === null) return null;
    const { revision, artifactsTree, formatVersion } = note as Record<string, unknown>;
    if (typeof revision !== 'string' || typeof artifactsTree !== 'string') return null;
    return { revision, artifactsTree, formatVersion: Number(formatVersion) };
  } catch {
    // A missing or torn note means "not known": the database itself is asked then.
    return null;
  }
}
