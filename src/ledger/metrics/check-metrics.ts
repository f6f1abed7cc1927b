import { artifactKind } from '../../../parsers/artifact.js';
import { nameOf, stemOf } from '../../../parsers/artifact-name.js';
import { formatMetrics, type MetricsRecord, parseMetrics } from '../../../parsers/metrics.js';
import { metricsPath } from '../../../parsers/paths.js';
import type { PerformanceFacts, PerformanceScope } from '../../../parsers/performance-tally.js';
import { METRICS_PERIODS, type Period, periodOfLabel } from '../../../parsers/period.js';
import { decodeArtifact } from '../../../parsers/text.js';
import { readBlobs } from '../../git/blobs.js';
import { shallowCommits } from '../../git/commit-walk.js';
import { fileHistory } from '../../git/file-history.js';
import type { Repository } from '../../git/repository.js';
import { resolveRevision } from '../../git/revision.js';
import { type ArtifactEntry, listArtifacts } from '../../git/tree.js';
import { type ReportProgress, silentProgress } from '../../progress.js';
import type { DerivedFinding } from '../derived-finding.js';
import { equityHistory } from './equity.js';
import { foldPerformance } from './fold-performance.js';
import { lineOfNumber, type NumberDifference, numberDifferences } from './metrics-numbers.js';
import { DEFINITIONS_VERSION, performanceOf } from './performance.js';
import { type LedgerParts, readLedgerOfRevision } from './read-ledger.js';
import { NO_CONTENT, tallyPeriod } from './tally-period.js';

export interface CheckMetricsDependencies {
  readonly repository: Repository;
  readonly progress?: ReportProgress;
}

/** A metrics file whose numbers the ledger of its revision does not give. */
interface DifferingFile {
  readonly entry: ArtifactEntry;
  readonly period: Period;
  readonly text: string;
  readonly record: MetricsRecord;
  readonly differences: readonly NumberDifference[];
}

/** Whether the file followed from the ledger it was committed with; null = that cannot be told, for the reason. */
type Origin =
  | { readonly commit: string; readonly followed: boolean }
  | { readonly commit: null; readonly reason: string };

type Numbers = (period: Period) => MetricsRecord;

const MEND = 'maven-git metrics --all';
/** Numbers named of one file: one trade changes a dozen. */
const MOST_NAMED = 3;
/** Files traced to their commit, and ledgers counted again: beyond it `metrics --all` is the answer in any case. */
const MOST_TRACED = 100;
const MOST_LEDGERS = 12;

/**
 * Counts every metrics file of a revision again, by a fold over the ledger of the same revision, and tells which do not
 * follow from it.
 *
 * Facts come in between two runs of `metrics`: a file that followed from the ledger it was committed with, and does not
 * from today's, is stale, which is a warning and how things are for an hour. One that never did is wrong, an error. Files
 * of other definitions are stale together. A file that cannot be read is a finding of the artifacts.
 *
 * @param commit - the revision; history before it tells a stale file from a wrong one.
 * @param artifacts - every file of the revision, as `listArtifacts` gives them.
 * @returns errors first, in order of path; of a wrong file its first numbers, old and new.
 * @throws {@link MavenError} OBJECT_NOT_FOUND, GIT_FAILED.
 */
export async function checkMetrics(
  { repository, progress = silentProgress }: CheckMetricsDependencies,
  commit: string,
  artifacts: readonly ArtifactEntry[],
): Promise<readonly DerivedFinding[]> {
  const files = artifacts.filter(
    ({ path, mode }) => mode.startsWith('100') && artifactKind(path) === 'metrics',
  );
  // Without a file there is nothing to follow from the ledger, and no need to read it.
  if (files.length === 0) return [];
  const parts: LedgerParts = new Map();
  const numbers = await numbersOf(repository, artifacts, parts, progress);
  const differing: DifferingFile[] = [];
  const otherDefinitions: { readonly path: string; readonly version: string }[] = [];
  let done = 0;
  for await (const { entry, bytes } of readBlobs(repository, files)) {
    done += 1;
    progress({ phase: 'counting metrics again', done, total: files.length });
    const { text } = decodeArtifact(bytes, entry.path);
    const period = periodOfPath(entry.path);
    if (period === null) continue;
    const expected = numbers(period);
    // Nearly every file is right to the byte; reading one takes several times as long as writing it.
    if (formatMetrics(withTimesOf(text, expected)) === text) continue;
    const record = parseMetrics(text, entry.path).records[0]?.record;
    if (record === undefined) continue;
    if (record.definitionsVersion !== DEFINITIONS_VERSION) {
      otherDefinitions.push({ path: entry.path, version: record.definitionsVersion });
      continue;
    }
    const differences = numberDifferences(expected, record);
    if (differences.length > 0) differing.push({ entry, period, text, record, differences });
  }
  const origins = await originsOf({ repository, progress }, commit, differing, parts);
  const findings = [
    ...differing.flatMap((file) => findingsOf(file, origins.get(file.entry.path))),
    ...definitionsFinding(otherDefinitions),
  ];
  return [
    ...findings.filter(({ severity }) => severity === 'error'),
    ...findings.filter(({ severity }) => severity === 'warning'),
  ];
}

/** Counts every period of a revision in one fold. */
async function numbersOf(
  repository: Repository,
  artifacts: readonly ArtifactEntry[],
  parts: LedgerParts,
  progress: ReportProgress,
  scope: PerformanceScope = { kinds: METRICS_PERIODS, periods: null },
): Promise<Numbers> {
  const facts: PerformanceFacts = foldPerformance(
    await readLedgerOfRevision(repository, artifacts, parts, progress),
    scope,
  );
  const tallies = new Map(facts.tallies.map((tally) => [labelOf(tally.period), tally]));
  const equity = equityHistory(facts.equity);
  // What is compared are numbers: the time of computing is none.
  const surroundings = { equity, days: facts.days, computedAt: '0001-01-01T00:00:00.000000+00:00' };
  return (period) =>
    performanceOf(tallies.get(labelOf(period)) ?? tallyPeriod(period, NO_CONTENT), surroundings);
}

/** Finds out of each file whether it followed from the ledger that it was committed with. */
async function originsOf(
  { repository, progress = silentProgress }: CheckMetricsDependencies,
  head: string,
  differing: readonly DifferingFile[],
  parts: LedgerParts,
): Promise<ReadonlyMap<string, Origin>> {
  const origins = new Map<string, Origin>();
  const byCommit = new Map<string, DifferingFile[]>();
  const shallow = shallowCommits(repository);
  for (const [i, file] of differing.entries()) {
    progress({ phase: 'tracing metrics to their commits', done: i, total: differing.length });
    const commit = i < MOST_TRACED ? await writingCommit(repository, head, file) : null;
    if (commit !== null && shallow.has(commit))
      origins.set(file.entry.path, { commit: null, reason: 'this clone does not hold the commit of it' });
    else if (commit !== null && (byCommit.has(commit) || byCommit.size < MOST_LEDGERS))
      byCommit.set(commit, [...(byCommit.get(commit) ?? []), file]);
    else origins.set(file.entry.path, { commit: null, reason: 'too many differ to trace each of them' });
  }
  for (const [commit, files] of byCommit) {
    const tree = (await resolveRevision(repository, commit))?.artifactsTree ?? null;
    const artifacts = tree === null ? [] : await listArtifacts(repository, tree);
    const kinds = METRICS_PERIODS.filter((kind) => files.some(({ period }) => period.period === kind));
    const scope = { kinds, periods: files.map(({ period }) => period) };
    const numbers = await numbersOf(repository, artifacts, parts, progress, scope);
    for (const { entry, period, record } of files) {
      const followed = numberDifferences(numbers(period), record).length === 0;
      origins.set(entry.path, { commit, followed });
    }
  }
  return origins;
}

/** The last commit that made the file what it is; null = history does not tell. */
async function writingCommit(
  repository: Repository,
  head: string,
  { entry }: DifferingFile,
): Promise<string | null> {
  const versions = await fileHistory(repository, head, entry.path);
  return versions.findLast(({ oid }) => oid === entry.oid)?.commit ?? null;
}

function findingsOf(
  file: DifferingFile,
  origin: Origin = { commit: null, reason: 'history does not tell' },
): readonly DerivedFinding[] {
  const { entry, period, text, differences } = file;
  const key = labelOf(period);
  const finding = (
    { column, expected, actual }: NumberDifference,
    parts: Pick<DerivedFinding, 'code' | 'severity' | 'message'>,
  ): DerivedFinding => ({
    ...parts,
    path: entry.path,
    line: lineOfNumber(text, column),
    key,
    column,
    expected,
    actual,
    mend: MEND,
  });
  const count = differences.length === 1 ? '1 number' : `${differences.length} numbers`;
  if (origin.commit === null || origin.followed) {
    const [first] = differences;
    if (first === undefined) return [];
    const message =
      origin.commit === null
        ? `${count} of ${key} no longer follow from the ledger; whether they ever did is not known: ${origin.reason}`
        : `${count} of ${key} have changed since ${origin.commit.slice(0, 12)}, when the file followed from the ledger`;
    return [finding(first, { code: 'METRICS_STALE', severity: 'warning', message })];
  }
  return differences.slice(0, MOST_NAMED).map((difference) =>
    finding(difference, {
      code: 'METRICS_NOT_DERIVED',
      severity: 'error',
      message: `${difference.column} of ${key} does not follow from the ledger, nor did it in ${origin.commit.slice(0, 12)}, which wrote it (${count} of the file)`,
    }),
  );
}

function definitionsFinding(
  files: readonly { readonly path: string; readonly version: string }[],
): readonly DerivedFinding[] {
  const [first] = files;
  if (first === undefined) return [];
  const which = files.length === 1 ? '1 file is' : `${files.length} files are`;
  return [
    {
      code: 'METRICS_STALE',
      severity: 'warning',
      path: first.path,
      line: 1,
      key: nameOf(first.path),
      column: 'definitions_version',
      expected: DEFINITIONS_VERSION,
      actual: first.version,
      mend: MEND,
      message: `${which} computed by other definitions, and not compared`,
    },
  ];
}

/** Takes over when the numbers of a file were found: that is none of them. */
function withTimesOf(text: string, record: MetricsRecord): MetricsRecord {
  const timeOf = (field: string): string | undefined =>
    new RegExp(`^${field}: "([-0-9T:.+]{32})"$`, 'm').exec(text.slice(0, FRONT_CHARS))?.[1];
  const { computedAt, detail } = record;
  return {
    ...record,
    computedAt: timeOf('computed_at') ?? computedAt,
    detail: detail === null ? null : { ...detail, asOf: timeOf('as_of') ?? detail.asOf },
  };
}

/** Both times stand before the first list. */
const FRONT_CHARS = 2000;

/** Folder and name tell the period; null = it is named for none that there is. */
function periodOfPath(path: string): Period | null {
  const folder = nameOf(path.slice(0, path.lastIndexOf('/')));
  const kind = METRICS_PERIODS.find((one) => one === folder);
  const period = kind === undefined ? null : periodOfLabel(kind, stemOf(path));
  return period !== null && metricsPath(period.period, period.label) === path ? period : null;
}

function labelOf({ period, label }: Period): string {
  return period === label ? label : `${period} ${label}`;
}
