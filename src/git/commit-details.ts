import { civilFromDays } from '../../parsers/time.js';
import { objectNotFound } from './cat-file.js';
import { openObjectReader } from './object-reader.js';
import type { Repository } from './repository.js';

/** What a commit says of itself. Names and subject are as its author wrote them: not safe to print. */
export interface CommitDetails {
  readonly commit: string;
  readonly author: string;
  readonly mail: string;
  /** Canonical UTC times, to the second; null = out of years 1 to 9999. */
  readonly authoredAt: string | null;
  readonly committedAt: string | null;
  /** First line of the message. */
  readonly subject: string;
}

/**
 * Reads what commits say of themselves.
 *
 * @throws {@link MavenError} OBJECT_NOT_FOUND, GIT_FAILED.
 */
export async function readCommitDetails(
  repo: Repository,
  commits: Iterable<string>,
): Promise<ReadonlyMap<string, CommitDetails>> {
  const details = new Map<string, CommitDetails>();
  const reader = openObjectReader(repo);
  try {
    for (const commit of commits) {
      if (details.has(commit)) continue;
      const object = await reader.read(commit);
      if (object?.type !== 'commit') throw objectNotFound(repo, commit, 'commit');
      details.set(commit, detailsOf(commit, object.bytes.toString('utf8')));
    }
  } finally {
    await reader.close();
  }
  return details;
}

function detailsOf(commit: string, text: string): CommitDetails {
  const end = text.indexOf('\n\n');
  const header = end === -1 ? text : text.slice(0, end);
  const message = end === -1 ? '' : text.slice(end + 2).trimStart();
  const author = signature(header, 'author');
  return {
    commit,
    author: author.name,
    mail: author.mail,
    authoredAt: author.time,
    committedAt: signature(header, 'committer').time,
    subject: message.split('\n', 1)[0] ?? '',
  };
}

function signature(header: string, role: 'author' | 'committer') {
  const pattern = new RegExp(`^${role} (.*?) ?<(.*)> (-?\\d{1,15}) [+-]\\d+$`, 'm');
  const [, name = '', mail = '', seconds] = pattern.exec(header) ?? [];
  return { name, mail, time: seconds === undefined ? null : utcTime(Number(seconds)) };
}

/** Seconds since 1970 as a canonical time. */
function utcTime(seconds: number): string | null {
  const day = Math.floor(seconds / 86_400);
  const date = civilFromDays(day);
  if (date === null) return null;
  const inDay = seconds - day * 86_400;
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${date}T${two(inDay / 3600)}:${two((inDay % 3600) / 60)}:${two(inDay % 60)}.000000+00:00`;
}
