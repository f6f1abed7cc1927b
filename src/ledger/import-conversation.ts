import { formatConversation } from '../../parsers/conversation.js';
import { conversationPath } from '../../parsers/paths.js';
import type { Problem } from '../../parsers/problem.js';
import { parseTranscript } from '../../parsers/transcript.js';
import { inputInvalid, orInputInvalid } from './input.js';
import { commitJob, type JobDependencies } from './job.js';
import { plural } from './plural.js';
import type { Recorded } from './recorded.js';

export interface ImportedConversation extends Recorded {
  readonly conversationId: string;
  readonly messages: number;
  /** Lines of the transcript that were left out or read with doubt. */
  readonly problems: readonly Problem[];
}

/**
 * Makes a transcript an artifact. Importing it again changes nothing; importing a longer one adds what is new.
 *
 * @param text - the transcript, JSONL.
 * @param sourceName - its file name, for messages and for the id when the transcript has none.
 * @throws {@link MavenError} INPUT_INVALID when it holds no message.
 */
export async function importConversation(
  dependencies: JobDependencies,
  text: string,
  sourceName: string,
): Promise<ImportedConversation> {
  const { conversationId, records, problems } = parseTranscript(text, sourceName);
  const messages = records.map((located) => located.record);
  if (messages.length === 0) {
    const first = problems[0];
    const why = first === undefined ? 'it is empty' : `line ${first.line}: ${first.message}`;
    throw inputInvalid(
      `${sourceName} holds no message: ${why}`,
      'give a transcript with one JSON object a line',
    );
  }
  const path = orInputInvalid('conversation', () => conversationPath(conversationId));
  const artifact = orInputInvalid('conversation', () => formatConversation(messages));
  const commit = await commitJob(dependencies, 'import conversation', async (base) => {
    if ((await base.read(path))?.toString('utf8') === artifact) return null;
    const subject = `conversation: ${conversationId} (${plural(messages.length, 'message')})`;
    return { files: new Map([[path, artifact]]), subject, records: messages.length };
  });
  return { path, commit, conversationId, messages: messages.length, problems };
}
