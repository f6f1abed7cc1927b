import {
  checkMetricsName,
  formatMetrics,
  type MetricsRecord,
  parseCanonicalMetrics,
  readMetricsFields,
} from './canonical-metrics.js';
import { splitCanonicalFrontMatter } from './front-matter.js';
import { objectFields } from './object-fields.js';
import { plainText } from './plain-text.js';
import type { Parsed } from './problem.js';
import { type ProblemList, problemList } from './problem-list.js';
import { readYamlFrontMatter } from './yaml-front-matter.js';

export {
  formatMetrics,
  type MetricsPeriod,
  type MetricsRecord,
  parseCanonicalMetrics,
} from './canonical-metrics.js';
export type { EquityBasis, MetricsDetail } from './metrics-detail.js';
export type { ConfidenceBucket, GroupPerformance, NotCounted } from './metrics-groups.js';

/**
 * Reads a metrics file. The front matter alone counts; a body that does not follow from it is reported.
 *
 * @param text - whole file, UTF-8; LF or CRLF.
 * @param path - its folder and name tell period and label.
 * @see parsers/FORMATS.md#metrics
 */
export function parseMetrics(text: string, path: string): Parsed<MetricsRecord> {
  return parseCanonicalMetrics(text, path) ?? parseTolerantMetrics(text, path);
}

/** Reads a metrics file in any YAML. Exported for the tests. */
export function parseTolerantMetrics(text: string, path: string): Parsed<MetricsRecord> {
  const problems = problemList(path);
  const record = readMetrics(plainText(text, problems), problems);
  return { records: record === null ? [] : [{ line: 1, record }], problems: problems.list() };
}

function readMetrics(text: string, problems: ProblemList): MetricsRecord | null {
  const matter = readYamlFrontMatter(text, problems);
  if (matter === 'refused') return null;
  if (matter === 'none') {
    problems.error(
      'FRONT_MATTER_MISSING',
      1,
      'a metrics file carries its numbers in front matter, there is none',
    );
    return null;
  }
  const fields = objectFields(matter.fields, matter.context);
  const record = readMetricsFields(fields);
  if (!fields.complete()) return null;
  checkMetricsName(record, problems);
  if (splitCanonicalFrontMatter(formatMetrics(record))?.body !== matter.body) {
    problems.warning('DERIVED_MISMATCH', matter.bodyLine, 'the tables do not follow from the front matter');
  }
  return record;
}
