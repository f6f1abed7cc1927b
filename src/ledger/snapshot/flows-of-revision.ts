import { artifactKind } from '../../../parsers/artifact.js';
import { type FlowArchive, type FlowFile, flowArchive, readFlowFile } from '../../../parsers/flow-archive.js';
import { type AccountKey, type FlowBook, flowBook, isFlowOf } from '../../../parsers/flow-book.js';
import type { FlowRecord } from '../../../parsers/flows.js';
import { readBlobs } from '../../git/blobs.js';
import type { Repository } from '../../git/repository.js';
import type { ArtifactEntry } from '../../git/tree.js';

/** Every flow of one revision, as they count now and as they counted then. */
export interface FlowsOfRevision extends Pick<FlowArchive, 'faultBetween'> {
  /** The flows of an account, open for sums. */
  book(key: AccountKey): FlowBook;
  /**
   * The same as it stood at a moment and after it, line by line as they were recorded, and what was still to come each
   * time; a few states from that moment on, since a snapshot may have been counted anew.
   */
  states(key: AccountKey, recordedUntil: string): readonly FlowState[];
}

export interface FlowState {
  readonly then: FlowBook;
  /** By the time they were recorded. */
  readonly later: readonly FlowRecord[];
}

/** Late flows are few. */
const MOST_STATES = 12;

interface Account {
  /** By the time they were recorded. */
  readonly lines: readonly FlowRecord[];
  readonly book: FlowBook;
  /** By number of lines. */
  readonly earlier: Map<number, FlowBook>;
}

/** Reads all flow files of a revision. @throws {@link MavenError} OBJECT_NOT_FOUND, GIT_FAILED. */
export async function readFlowsOfRevision(
  repository: Repository,
  artifacts: readonly ArtifactEntry[],
): Promise<FlowsOfRevision> {
  const files: FlowFile[] = [];
  const entries = artifacts.filter(({ path }) => artifactKind(path) === 'flows');
  for await (const { entry, bytes } of readBlobs(repository, entries))
    files.push(readFlowFile(bytes, entry.path));
  const { lines, faultBetween } = flowArchive(files);
  const accounts = new Map<string, Account>();
  const open = (key: AccountKey): Account => {
    const name = JSON.stringify([key.source, key.account]);
    const known = accounts.get(name) ?? openAccount(lines, key);
    accounts.set(name, known);
    return known;
  };
  return {
    book: (key) => open(key).book,
    states(key, recordedUntil) {
      const { lines, earlier } = open(key);
      const place = lines.findIndex(({ recordedAt }) => recordedAt > recordedUntil);
      const first = place === -1 ? lines.length : place;
      const counts = Array.from({ length: MOST_STATES }, (_, i) => first + i).filter(
        (n) => n <= lines.length,
      );
      return counts.map((count) => {
        const then = earlier.get(count) ?? flowBook(lines.slice(0, count), key);
        earlier.set(count, then);
        return { then, later: lines.slice(count) };
      });
    },
    faultBetween,
  };
}

function openAccount(all: readonly FlowRecord[], key: AccountKey): Account {
  const lines = all
    .filter((line) => isFlowOf(line, key))
    .sort((left, right) =>
      left.recordedAt < right.recordedAt ? -1 : Number(left.recordedAt > right.recordedAt),
    );
  return { lines, book: flowBook(lines, key), earlier: new Map() };
}
