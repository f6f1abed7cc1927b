import { INTEGER, SHORT, TEXT, TIME } from './field-type.js';
import { parseJsonLines, uniqueRecords } from './json-lines.js';
import { formatLine, type LineFormat, required } from './line-format.js';
import type { Parsed } from './problem.js';
import { problemList } from './problem-list.js';

/** One commit of a job's run. A run that commits nothing leaves no record; one that commits in batches, one each. */
export interface RunRecord {
  /** As people know it: `sync trades`. */
  readonly job: string;
  readonly startedAt: string;
  /** When the commit was made that holds this line. */
  readonly recordedAt: string;
  /** Records that the commit wrote. */
  readonly records: number;
  /** What it did, in a few words: the commit's subject. */
  readonly summary: string;
}

/** @see parsers/FORMATS.md#runs */
export const RUN_FORMAT: LineFormat<RunRecord> = {
  version: 1,
  fields: [
    required('job', SHORT),
    required('started_at', TIME),
    required('recorded_at', TIME),
    required('records', INTEGER),
    required('summary', TEXT),
  ],
  build: (values) => ({
    job: values[0] as string,
    startedAt: values[1] as string,
    recordedAt: values[2] as string,
    records: values[3] as number,
    summary: values[4] as string,
  }),
  values: (run) => [run.job, run.startedAt, run.recordedAt, run.records, run.summary],
  identity: (run) => `${run.job}#${run.recordedAt}`,
};

/** Reads the runs of a day, in file order. @see parsers/FORMATS.md#runs */
export function parseRuns(text: string, path: string): Parsed<RunRecord> {
  const problems = problemList(path);
  const records = parseJsonLines(RUN_FORMAT, text, problems, () => {});
  const unique = uniqueRecords(RUN_FORMAT, records, problems, {
    write: formatRun,
    fact: formatRun,
    isEarlier: () => false,
  });
  return { records: unique, problems: problems.list() };
}

/** Formats one run, newline included. @throws InvalidRecordError when a value is out of its form. */
export function formatRun(run: RunRecord): string {
  return formatLine(RUN_FORMAT, run);
}
