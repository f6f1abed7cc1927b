import { artifactKind } from '../../../parsers/artifact.js';
import { decodeArtifact } from '../../../parsers/text.js';
import { readBlobs } from '../../git/blobs.js';
import type { Repository } from '../../git/repository.js';
import { type ArtifactEntry, listArtifacts, REGULAR_FILE_MODES } from '../../git/tree.js';
import { type ReportProgress, silentProgress } from '../../progress.js';
import { loadProjector, type Projector, TABLE_OF_KIND } from '../projector.js';
import type { Target } from '../read-artifacts.js';
import type { ProjectedRow } from '../table-description.js';

/** Where rows stand: in both revisions alike, or in an artifact that is in one of them only, in this form. */
export type Side = 'both' | 'before' | 'after';

export interface SidedRows<T extends Exclude<Target, null>> {
  readonly side: Side;
  readonly rows: readonly ProjectedRow<T>[];
}

interface RowsOfAnyTable {
  readonly side: Side;
  readonly rows: readonly ProjectedRow[];
}

interface SidedEntry extends ArtifactEntry {
  readonly side: Side;
}

/** The artifacts of two revisions, each once. */
export interface BothSides {
  /**
   * Reads the rows of a table in order of path, as each revision's projection has them.
   *
   * @param changedOnly - leave out artifacts that are the same in both.
   */
  read<T extends Exclude<Target, null>>(table: T, changedOnly?: boolean): AsyncGenerator<SidedRows<T>>;
}

/**
 * Reads two revisions at little more than the cost of one: what is the same in both is read once.
 *
 * @param trees - of `.moha/maven`; null = the revision has none.
 */
export async function bothSides(
  dependencies: { readonly repository: Repository; readonly progress?: ReportProgress },
  trees: { readonly before: string | null; readonly after: string | null },
): Promise<BothSides> {
  const { repository, progress = silentProgress } = dependencies;
  const list = async (tree: string | null) => (tree === null ? [] : listArtifacts(repository, tree));
  const entries = sided(await list(trees.before), await list(trees.after));
  async function* rowsOf(table: Exclude<Target, null>, changedOnly: boolean): AsyncGenerator<RowsOfAnyTable> {
    const wanted = entries.filter(({ path, side, mode }) => {
      const kind = artifactKind(path);
      const asked = kind !== null && TABLE_OF_KIND[kind] === table && REGULAR_FILE_MODES.has(mode);
      return asked && !(changedOnly && side === 'both');
    });
    const seen = { before: new Set<string>(), after: new Set<string>() };
    const projectors = new Map<string, Projector>();
    let done = 0;
    for await (const { entry, bytes } of readBlobs(repository, wanted)) {
      const kind = artifactKind(entry.path);
      if (kind === null) continue;
      const project = projectors.get(kind) ?? (await loadProjector(kind));
      projectors.set(kind, project);
      const { rows } = project(decodeArtifact(bytes, entry.path).text, entry.path);
      yield* firstOf(rows, entry.side, seen);
      done += 1;
      progress({ phase: 'reading artifacts', done, total: wanted.length });
    }
  }
  return {
    // The table decides which rows its projector makes.
    read: <T extends Exclude<Target, null>>(table: T, changedOnly = false) =>
      rowsOf(table, changedOnly) as AsyncGenerator<unknown> as AsyncGenerator<SidedRows<T>>,
  };
}

/** A record that an artifact before it holds too is left out, as in the projection: on each side for itself. */
function* firstOf(
  rows: readonly ProjectedRow[],
  side: Side,
  seen: Readonly<Record<'before' | 'after', Set<string>>>,
): Generator<RowsOfAnyTable> {
  const fresh = (on: 'before' | 'after') => (row: ProjectedRow) => {
    if (seen[on].has(row.id)) return false;
    seen[on].add(row.id);
    return true;
  };
  if (side !== 'both') {
    yield { side, rows: rows.filter(fresh(side)) };
    return;
  }
  const [before, after] = [rows.filter(fresh('before')), rows.filter(fresh('after'))];
  if (before.length === rows.length && after.length === rows.length) yield { side, rows };
  else
    yield* [
      { side: 'before' as const, rows: before },
      { side: 'after' as const, rows: after },
    ];
}

/** Both lists are sorted by path. */
function sided(before: readonly ArtifactEntry[], after: readonly ArtifactEntry[]): readonly SidedEntry[] {
  const earlier = new Map(before.map((entry) => [entry.path, entry]));
  const later = new Map(after.map((entry) => [entry.path, entry]));
  const paths = [...new Set([...earlier.keys(), ...later.keys()])].sort((left, right) =>
    Buffer.compare(Buffer.from(left), Buffer.from(right)),
  );
  return paths.flatMap((path): readonly SidedEntry[] => {
    const [old, now] = [earlier.get(path), later.get(path)];
    if (old !== undefined && now !== undefined && old.oid === now.oid && old.mode === now.mode)
      return [{ ...now, side: 'both' }];
    return [
      ...(old === undefined ? [] : [{ ...old, side: 'before' as const }]),
      ...(now === undefined ? [] : [{ ...now, side: 'after' as const }]),
    ];
  });
}
