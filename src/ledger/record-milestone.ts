import { formatMilestone, type MilestoneRecord, parseMilestone } from '../../parsers/milestone.js';
import { milestonePath } from '../../parsers/paths.js';
import {
  formatProven,
  inputInvalid,
  orInputInvalid,
  readMetadata,
  requireText,
  storableText,
  timeOrNow,
} from './input.js';
import { commitJob, type JobDependencies } from './job.js';
import type { Recorded } from './recorded.js';

/** A milestone as a caller gives it; all text. */
export interface MilestoneInput {
  readonly title?: string | undefined;
  readonly text?: string | undefined;
  /** A JSON object. */
  readonly metadata?: string | undefined;
  /** When it was reached; now when absent. */
  readonly achievedAt?: string | undefined;
}

/**
 * Records a milestone in a file of its own.
 *
 * @throws {@link MavenError} INPUT_INVALID, ARTIFACTS_NOT_FOUND, and what a commit throws.
 */
export async function recordMilestone(
  dependencies: JobDependencies,
  input: MilestoneInput,
): Promise<Recorded> {
  const record: MilestoneRecord = {
    achievedAt: timeOrNow('achieved-at', input.achievedAt, dependencies.clock),
    title: requireText('title', input.title).trim(),
    text: storableText('text', input.text ?? ''),
    metadata: readMetadata(input.metadata),
  };
  const path = orInputInvalid('milestone', () => milestonePath(record.achievedAt, record.title));
  const text = formatProven('milestone', record, path, formatMilestone, parseMilestone);
  const commit = await commitJob(dependencies, 'record milestone', async (base) => {
    const standing = await base.read(path);
    if (standing !== null && standing.toString('utf8') !== text) {
      throw inputInvalid(`${path} exists already with another text`, 'give another title, or wait a second');
    }
    return { files: new Map([[path, text]]), subject: `milestone: ${record.title}`, records: 1 };
  });
  return { path, commit };
}
