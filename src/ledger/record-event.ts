import { ARTIFACTS_ROOT } from '../../parsers/artifact.js';
import {
  appendEvent,
  formatSessionEvent,
  parseSessionLog,
  type SessionEvent,
} from '../../parsers/session-log.js';
import { formatProven, readMetadata, requireText, storableText, timeOrNow } from './input.js';
import { commitJob, type JobDependencies } from './job.js';
import type { Recorded } from './recorded.js';

/** An event as a caller gives it; all text. */
export interface EventInput {
  readonly type?: string | undefined;
  readonly text?: string | undefined;
  /** A JSON object. */
  readonly metadata?: string | undefined;
  /** When it happened; now when absent. */
  readonly occurredAt?: string | undefined;
}

const SESSION_LOG = `${ARTIFACTS_ROOT}/session_log.md`;

/**
 * Appends an event to the session log.
 *
 * @throws {@link MavenError} INPUT_INVALID, ARTIFACTS_NOT_FOUND, and what a commit throws.
 */
export async function recordEvent(dependencies: JobDependencies, input: EventInput): Promise<Recorded> {
  const event: SessionEvent = {
    occurredAt: timeOrNow('occurred-at', input.occurredAt, dependencies.clock),
    eventType: requireText('type', input.type).trim(),
    text: storableText('text', input.text ?? ''),
    metadata: readMetadata(input.metadata),
  };
  formatProven('event', event, SESSION_LOG, formatSessionEvent, parseSessionLog);
  const commit = await commitJob(dependencies, 'record event', async (base) => {
    const log = (await base.read(SESSION_LOG))?.toString('utf8') ?? '';
    return {
      files: new Map([[SESSION_LOG, appendEvent(log, event)]]),
      subject: `event: ${event.eventType}`,
      records: 1,
    };
  });
  return { path: SESSION_LOG, commit };
}
