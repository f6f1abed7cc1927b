import { formatInsight, type InsightRecord, parseInsight } from '../../parsers/insight.js';
import { insightPath } from '../../parsers/paths.js';
import { freePath } from './free-path.js';
import { formatProven, optionalText, orInputInvalid, readMetadata, requireText, timeOrNow } from './input.js';
import { commitJob, type JobDependencies } from './job.js';
import { confidenceOf } from './record-decision.js';
import type { Recorded } from './recorded.js';

/** A market observation as a caller gives it; all text. */
export interface InsightInput {
  readonly type?: string | undefined;
  readonly asset?: string | undefined;
  /** Percent, 0 to 100. */
  readonly confidence?: string | undefined;
  readonly text?: string | undefined;
  /** A JSON object. */
  readonly metadata?: string | undefined;
  /** When it was observed; now when absent. */
  readonly observedAt?: string | undefined;
}

/**
 * Records a market observation in a file of its own.
 *
 * @throws {@link MavenError} INPUT_INVALID, ARTIFACTS_NOT_FOUND, and what a commit throws.
 */
export async function recordInsight(dependencies: JobDependencies, input: InsightInput): Promise<Recorded> {
  const record: InsightRecord = {
    observedAt: timeOrNow('observed-at', input.observedAt, dependencies.clock),
    insightType: requireText('type', input.type).trim(),
    asset: optionalText(input.asset),
    confidencePct: confidenceOf(input.confidence),
    text: requireText('text', input.text),
    metadata: readMetadata(input.metadata),
  };
  let path = '';
  const commit = await commitJob(dependencies, 'record insight', async (base) => {
    path = await freePath(dependencies.repository, base, record, (n) =>
      orInputInvalid('insight', () => insightPath(record.observedAt, n)),
    );
    const text = formatProven('insight', record, path, formatInsight, parseInsight);
    const about = record.asset === null ? record.insightType : `${record.asset} ${record.insightType}`;
    return { files: new Map([[path, text]]), subject: `insight: ${about}`, records: 1 };
  });
  return { path, commit };
}
