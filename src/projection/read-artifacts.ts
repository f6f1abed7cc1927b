import { type ArtifactKind, artifactKind, isIgnoredPath } from '../../parsers/artifact.js';
import { decodeArtifact } from '../../parsers/text.js';
import type { ProjectedTable } from '../db/schema.js';
import { type BlobOf, readBlobBatches } from '../git/blobs.js';
import type { Repository } from '../git/repository.js';
import { type ArtifactEntry, REGULAR_FILE_MODES } from '../git/tree.js';
import { type ReportProgress, silentProgress } from '../progress.js';
import type { ArtifactProblem } from './artifact-problem.js';
import { loadProjector, type Projector, TABLE_OF_KIND } from './projector.js';
import type { ProjectedRow } from './table-description.js';

/** A place for rows: a table, or `null` for the kinds that are only checked. */
export type Target = Exclude<ProjectedTable, 'maven_problems'> | null;

/** An artifact and what its place says it holds. */
export interface ClassifiedEntry extends ArtifactEntry {
  readonly kind: ArtifactKind;
}

/**
 * Reads artifacts and gives the rows they imply, one table after the other, so that each can be loaded in one stream.
 *
 * A record whose identity an earlier artifact (by path) holds already is left out and reported, since two rows for
 * one trade would count its money twice.
 */
export class ArtifactReader {
  readonly problems: ArtifactProblem[] = [];
  readonly #byTarget = new Map<Target, ClassifiedEntry[]>();
  readonly #projectors = new Map<ArtifactKind, Projector>();

  /** @param entries - sorted by path. */
  constructor(
    private readonly repository: Repository,
    entries: readonly ArtifactEntry[],
    private readonly onRead: (artifacts: number) => void = () => undefined,
  ) {
    for (const entry of entries) this.#classify(entry);
  }

  /** How many artifacts will be read. */
  get size(): number {
    let count = 0;
    for (const entries of this.#byTarget.values()) count += entries.length;
    return count;
  }

  has(target: Target): boolean {
    return this.#byTarget.has(target);
  }

  /** Reads the artifacts of one table, in order of path, and gives the rows of those that arrived together. */
  async *read(target: Target): AsyncGenerator<readonly ProjectedRow[]> {
    const seen = new Set<string>();
    for await (const blobs of this.readBytes(target)) {
      const rows: ProjectedRow[] = [];
      for (const { entry, bytes } of blobs) {
        for (const row of this.rowsOf(entry, bytes)) if (this.#isFirst(seen, row)) rows.push(row);
      }
      yield rows;
    }
  }

  /** Reads the artifacts of one table as they stand in git, in order of path, those that arrived together at a time. */
  async *readBytes(target: Target): AsyncGenerator<readonly BlobOf<ClassifiedEntry>[]> {
    const entries = this.#byTarget.get(target) ?? [];
    for (const kind of new Set(entries.map((entry) => entry.kind)))
      if (!this.#projectors.has(kind)) this.#projectors.set(kind, await loadProjector(kind));
    for await (const blobs of readBlobBatches(this.repository, entries)) {
      yield blobs;
      this.onRead(blobs.length);
    }
  }

  /**
   * Gives the rows of an artifact that was read, and keeps its problems.
   *
   * @returns also rows whose identity another artifact holds already.
   */
  rowsOf({ kind, path }: ClassifiedEntry, bytes: Buffer): readonly ProjectedRow[] {
    const project = this.#projectors.get(kind);
    if (project === undefined) throw new TypeError(`no artifact of kind ${kind} was read`);
    const decoded = decodeArtifact(bytes, path);
    const { rows, problems } = project(decoded.text, path);
    for (const problem of decoded.problems) this.problems.push(problem);
    for (const problem of problems) this.problems.push(problem);
    return rows;
  }

  #isFirst(seen: Set<string>, row: ProjectedRow): boolean {
    if (!seen.has(row.id)) {
      seen.add(row.id);
      return true;
    }
    this.problems.push({
      code: 'DUPLICATE_IDENTITY',
      severity: 'error',
      message: `${describeIdentity(row)} also stands in an artifact before this one; this one is left out`,
      path: row.git_path,
      line: Number(row.git_line),
    });
    return false;
  }

  #classify(entry: ArtifactEntry): void {
    if (isIgnoredPath(entry.path)) return;
    const kind = artifactKind(entry.path);
    if (kind === null) {
      this.#report(
        entry,
        'UNKNOWN_ARTIFACT',
        'warning',
        'no artifact has this path, so nothing in it is projected',
      );
    } else if (!REGULAR_FILE_MODES.has(entry.mode)) {
      this.#report(entry, 'NOT_A_FILE', 'error', `expected a regular file, found git mode ${entry.mode}`);
    } else {
      const target = TABLE_OF_KIND[kind];
      const entries = this.#byTarget.get(target);
      if (entries === undefined) this.#byTarget.set(target, [{ ...entry, kind }]);
      else entries.push({ ...entry, kind });
    }
  }

  #report(
    entry: ArtifactEntry,
    code: ArtifactProblem['code'],
    severity: 'error' | 'warning',
    message: string,
  ): void {
    this.problems.push({ code, severity, message, path: entry.path, line: 1 });
  }
}

function describeIdentity(row: ProjectedRow): string {
  const { source, external_trade_id } = row as Partial<ProjectedRow<'maven_trades'>>;
  return external_trade_id === undefined ? `record ${row.id}` : `trade ${source}/${external_trade_id}`;
}

/** Makes a reader that reports each artifact it has read. */
export function openReader(
  dependencies: { readonly repository: Repository; readonly progress?: ReportProgress },
  entries: readonly ArtifactEntry[],
): ArtifactReader {
  const report = dependencies.progress ?? silentProgress;
  let done = 0;
  const reader: ArtifactReader = new ArtifactReader(dependencies.repository, entries, (artifacts) => {
    done += artifacts;
    report({ phase: 'reading artifacts', done, total: reader.size });
  });
  return reader;
}
