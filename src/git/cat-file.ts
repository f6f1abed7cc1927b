import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { MavenError } from '../errors.js';
import { type GitObject, longestObjectBytes, type ObjectType, tooLong } from './loose-object.js';
import { gitFailed, startGit } from './native-git.js';
import type { Repository } from './repository.js';

/** An answer of `git cat-file --batch`; object null when the repository has none of that name. */
export interface BatchAnswer {
  readonly oid: string;
  readonly object: GitObject | null;
}

/** A long-lived `git cat-file --batch` that answers one question at a time. */
export interface CatFile {
  read(oid: string): Promise<GitObject | null>;
  close(): Promise<void>;
}

const bulkArgs = ['cat-file', '--batch', '--buffer'] as const;
const singleArgs = ['cat-file', '--batch'] as const;
const namesPerWrite = 500;
/** Oid, type and size take less. */
const longestHeader = 512;

/**
 * Reads many objects through one child, in order, as many at a time as arrived together.
 *
 * Streaming: the next are read when the caller asks for them. A caller that is slow stops the child at its full
 * pipe, so memory holds one object and a pipe's worth, whatever the number.
 *
 * @param maxBytes - where the bytes of a longer object are cut.
 */
export async function* readBatch(
  repo: Repository,
  oids: readonly string[],
  maxBytes: number,
): AsyncGenerator<readonly BatchAnswer[]> {
  const child = startGit(repo, bulkArgs);
  const ended = endOf(child, bulkArgs);
  // Awaited below; a failure before that must not count as unhandled.
  ended.catch(() => {});
  try {
    feed(child, oids);
    let answers = 0;
    for await (const answered of parseBatch(child.stdout, maxBytes)) {
      answers += answered.length;
      yield answered;
    }
    await ended;
    if (answers !== oids.length) throw gitFailed(bulkArgs, `${answers} answers to ${oids.length} questions`);
  } finally {
    child.stdout.destroy();
    child.kill();
  }
}

/** Starts a child that answers single questions; cheaper than a child for each from the second one on. */
export function openCatFile(repo: Repository): CatFile {
  const child = startGit(repo, singleArgs);
  const ended = endOf(child, singleArgs);
  ended.catch(() => {});
  const answers = parseBatch(child.stdout, longestObjectBytes);
  let turn: Promise<unknown> = Promise.resolve();
  const ask = async (oid: string): Promise<GitObject | null> => {
    child.stdin.write(`${oid}\n`);
    const answer = await answers.next();
    if (answer.done !== true) {
      const object = answer.value[0]?.object ?? null;
      // Cut, and a part of a ledger must never pass for the whole.
      if (object?.bytes.length === longestObjectBytes) throw tooLong(oid);
      return ownBytes(object);
    }
    await ended;
    throw gitFailed(singleArgs, 'ended before it had answered');
  };
  return {
    read(oid) {
      const answer = turn.then(() => ask(oid));
      turn = answer.catch(() => {});
      return answer;
    },
    async close() {
      child.stdin.end();
      child.stdout.destroy();
      child.kill();
      await ended.catch(() => {});
    },
  };
}

/** A slice keeps the whole chunk alive: what is kept for long gets bytes of its own. */
function ownBytes(object: GitObject | null): GitObject | null {
  return object === null ? null : { type: object.type, bytes: Buffer.from(object.bytes) };
}

interface OpenObject {
  readonly oid: string;
  readonly type: ObjectType;
  readonly bytes: Buffer;
  filled: number;
  /** Bytes to pass over: those past the limit, and the line end. */
  excess: number;
}

/**
 * Parses the output of `git cat-file --batch`: a header line, the bytes, a line end. An object that came whole in one
 * chunk is a slice of it. Exported for the tests.
 *
 * @returns never an empty list.
 */
export async function* parseBatch(
  stdout: AsyncIterable<Buffer>,
  maxBytes: number,
): AsyncGenerator<readonly BatchAnswer[], void, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  let open: OpenObject | null = null;
  for await (const chunk of stdout) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const answers: BatchAnswer[] = [];
    for (;;) {
      if (open === null) {
        const end = rest.indexOf(10);
        if (end < 0 && rest.length <= longestHeader) break;
        const { oid, type, size } = parseHeader(rest.toString('latin1', 0, end < 0 ? longestHeader : end));
        const start = end + 1;
        if (type === null) {
          answers.push({ oid, object: null });
          rest = rest.subarray(start);
          continue;
        }
        if (start + size < rest.length && size <= maxBytes) {
          answers.push({ oid, object: { type, bytes: rest.subarray(start, start + size) } });
          rest = rest.subarray(start + size + 1);
          continue;
        }
        const bytes = Buffer.allocUnsafeSlow(Math.min(size, maxBytes));
        open = { oid, type, bytes, filled: 0, excess: size - bytes.length + 1 };
        rest = rest.subarray(start);
      }
      rest = fill(open, rest);
      if (open.excess > 0) break;
      answers.push({ oid: open.oid, object: { type: open.type, bytes: open.bytes } });
      open = null;
    }
    if (answers.length > 0) yield answers;
  }
}

/** Takes what belongs to an object off the front of the input; returns the rest. */
function fill(open: OpenObject, input: Buffer): Buffer {
  const copied = input.copy(open.bytes, open.filled);
  open.filled += copied;
  const passed = open.filled < open.bytes.length ? 0 : Math.min(open.excess, input.length - copied);
  open.excess -= passed;
  return input.subarray(copied + passed);
}

function parseHeader(line: string): { oid: string; type: ObjectType | null; size: number } {
  const found = /^([0-9a-f]{40}) (blob|commit|tag|tree) ([0-9]+)$/.exec(line);
  if (found !== null) return { oid: found[1] ?? '', type: found[2] as ObjectType, size: Number(found[3]) };
  const missing = /^(\S+) missing$/.exec(line);
  if (missing !== null) return { oid: missing[1] ?? '', type: null, size: 0 };
  throw gitFailed(bulkArgs, `unexpected answer ${JSON.stringify(line.slice(0, 100))}`);
}

function feed(child: ChildProcessWithoutNullStreams, oids: readonly string[]): void {
  let next = 0;
  const write = (): void => {
    while (next < oids.length) {
      const names = oids.slice(next, next + namesPerWrite);
      next += names.length;
      if (!child.stdin.write(`${names.join('\n')}\n`)) {
        child.stdin.once('drain', write);
        return;
      }
    }
    child.stdin.end();
  };
  write();
}

/** Settles when the child has ended; rejects when it failed. */
function endOf(child: ChildProcessWithoutNullStreams, args: readonly string[]): Promise<void> {
  const stderr: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  // A child that ended closes this pipe; its exit code tells why.
  child.stdin.on('error', () => {});
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(gitFailed(args, String(error), error)));
    child.once('close', (code) => {
      if (code === 0) resolve();
      else
        reject(
          gitFailed(
            args,
            `exit ${code ?? 'by signal'}: ${Buffer.concat(stderr).toString('utf8').slice(0, 300)}`,
          ),
        );
    });
  });
}

/** The error for an object that should be there and is not. */
export function objectNotFound(repo: Repository, oid: string, what: string): MavenError {
  return new MavenError('OBJECT_NOT_FOUND', `object ${oid} (${what}) is missing from ${repo.commonDir}`, {
    hint: 'run git fsck; fetch it, or restore it from another clone',
    data: { oid, what, repository: repo.commonDir },
  });
}
