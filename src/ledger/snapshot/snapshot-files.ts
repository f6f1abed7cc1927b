import { ARTIFACTS_ROOT, artifactKind } from '../../../parsers/artifact.js';
import { parseSnapshot, type SnapshotRecord } from '../../../parsers/snapshot.js';
import { decodeArtifact } from '../../../parsers/text.js';
import { civilFromDays, daysFromCivil } from '../../../parsers/time.js';
import type { CommitBase } from '../../git/commit.js';

/** The snapshots of one commit, found by the second in their names: few are ever opened, however many there are. */
export interface SnapshotFiles {
  /**
   * Paths whose name lies between two seconds since 1970, both included, newest first. Lists the months in between and
   * opens nothing.
   */
  between(fromSeconds: number, toSeconds: number): Promise<readonly string[]>;
  /** Every path, oldest first. */
  all(): Promise<readonly string[]>;
  /** @returns null = there is no such file, or it cannot be read as a snapshot. */
  read(path: string): Promise<SnapshotRecord | null>;
}

const FOLDER = `${ARTIFACTS_ROOT}/snapshots`;
const DAY_SECONDS = 86_400;

/** Opens the snapshots of a commit; each month and each file is read once. */
export function openSnapshotFiles(base: CommitBase): SnapshotFiles {
  const months = new Map<string, Promise<readonly string[]>>();
  let every: Promise<readonly string[]> | null = null;
  const records = new Map<string, Promise<SnapshotRecord | null>>();
  const listMonth = (month: string): Promise<readonly string[]> => {
    const known = months.get(month) ?? base.list(`${FOLDER}/${month}`);
    months.set(month, known);
    return known;
  };
  return {
    async between(fromSeconds, toSeconds) {
      const found: { readonly path: string; readonly second: number }[] = [];
      for (const month of monthsBetween(fromSeconds, toSeconds)) {
        for (const path of await listMonth(month)) {
          const second = secondOfPath(path);
          if (second !== null && second >= fromSeconds && second <= toSeconds) found.push({ path, second });
        }
      }
      return found.sort((left, right) => right.second - left.second).map(({ path }) => path);
    },
    all: () => {
      every ??= base.list(FOLDER).then((paths) => paths.filter((path) => secondOfPath(path) !== null));
      return every;
    },
    read: (path) => {
      const known = records.get(path) ?? readSnapshot(base, path);
      records.set(path, known);
      return known;
    },
  };
}

async function readSnapshot(base: CommitBase, path: string): Promise<SnapshotRecord | null> {
  if (artifactKind(path) !== 'snapshot') return null;
  const bytes = await base.read(path);
  if (bytes === null) return null;
  return parseSnapshot(decodeArtifact(bytes, path).text, path).records[0]?.record ?? null;
}

/** `2026/01`, in order; from and to in seconds since 1970. */
function monthsBetween(fromSeconds: number, toSeconds: number): readonly string[] {
  const months: string[] = [];
  for (
    let day = Math.floor(fromSeconds / DAY_SECONDS);
    day <= Math.floor(toSeconds / DAY_SECONDS);
    day += 1
  ) {
    const month = civilFromDays(day)?.slice(0, 7).replace('-', '/');
    if (month !== undefined && month !== months.at(-1)) months.push(month);
  }
  return months;
}

/** @returns seconds since 1970; null = not the name of a snapshot. */
export function secondOfPath(path: string): number | null {
  const match = /\/snapshot_(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z\.json$/.exec(path);
  if (match === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return daysFromCivil(year, month, day) * DAY_SECONDS + hour * 3600 + minute * 60 + second;
}
