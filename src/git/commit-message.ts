export interface CommitMessage {
  /** One line; control characters and line ends become blanks, and it is cut at 100 characters. */
  readonly subject: string;
  readonly body?: string | undefined;
  /** Value of the trailer `Maven-Job`: `record decision`. */
  readonly job: string;
  /** Value of the trailer `Maven-Records`. */
  readonly records: number;
}

const longestSubject = 100;
const longestBody = 20_000;

/**
 * Formats a commit message: subject, body, and the trailers `Maven-Job` and `Maven-Records`.
 *
 * Total: any text yields a message of the same shape. A text cannot pass for a trailer, since trailers are the last
 * paragraph and that one is ours; nor end the message early (`---`).
 *
 * @returns UTF-8 text with LF and a final line end.
 */
export function formatCommitMessage(message: CommitMessage): string {
  const job = oneLine(message.job) || 'unknown';
  const subject = cut(oneLine(message.subject), longestSubject) || job;
  const body = cleanBody(message.body ?? '');
  const trailers = `Maven-Job: ${cut(job, longestSubject)}\nMaven-Records: ${message.records}\n`;
  return [subject, ...(body === '' ? [] : [body]), trailers].join('\n\n');
}

function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\s\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .trim();
}

function cleanBody(text: string): string {
  const lines = cut(text.toWellFormed(), longestBody)
    .split(/\r\n?|\n/)
    .map((line) => line.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, ' ').trimEnd())
    // Tools that read trailers stop at a line of three dashes, as mailed patches have one.
    .map((line) => (line.startsWith('---') ? ` ${line}` : line));
  return lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^\n+/, '')
    .trimEnd();
}

/** Cuts between code points, never inside one. */
function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const points = Array.from(text.slice(0, longest * 2));
  if (points.length <= longest && text.length <= longest * 2) return text;
  return `${points
    .slice(0, longest - 1)
    .join('')
    .trimEnd()}…`;
}
