import { MavenError } from '../errors.js';
import { nodeDisk } from './disk.js';
import { outerConfigFiles } from './environment.js';
import { type ConfigEntry, lastValue, parseGitConfig } from './git-config.js';
import { runGit } from './native-git.js';
import { type Repository, readRepositoryConfig } from './repository.js';

/** Who a commit is by. */
export interface Author {
  readonly name: string;
  readonly email: string;
}

const defaultAuthor: Author = { name: 'Maven', email: 'maven@localhost' };
const longestPart = 256;

/**
 * Finds the author of commits: `MAVEN_GIT_AUTHOR` (`Name <mail>`), then git's `user.name` and `user.email`, then
 * `Maven <maven@localhost>`. `GIT_AUTHOR_NAME` and its like are not consulted: in a hook they name the author of the
 * commit being made.
 *
 * @throws {@link MavenError} CONFIG_INVALID when a name would forge or break a commit's header (line end, NUL, `<`, `>`).
 */
export async function resolveAuthor(
  repo: Repository,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Author> {
  const given = env.MAVEN_GIT_AUTHOR ?? '';
  if (given !== '') return parseAuthor(given);
  const config = await readUserConfig(repo);
  return assertAuthor(
    {
      name: lastValue(config, 'user.name') || defaultAuthor.name,
      email: lastValue(config, 'user.email') || defaultAuthor.email,
    },
    'git config user.name, user.email',
  );
}

/**
 * Refuses an author that cannot stand in a commit's header.
 *
 * @param source - where it comes from, for the message.
 * @throws {@link MavenError} CONFIG_INVALID.
 */
export function assertAuthor(author: Author, source: string): Author {
  for (const [part, text] of Object.entries(author)) {
    const fault = faultOf(text);
    if (fault === null) continue;
    throw new MavenError('CONFIG_INVALID', `the author's ${part} from ${source} ${fault}`, {
      hint: 'give it as "Name <mail@example.org>", one line, without < and > inside',
      data: { part, source },
    });
  }
  return author;
}

function parseAuthor(text: string): Author {
  const parts = /^\s*([^<>]*?)\s*<([^<>]*)>\s*$/.exec(text);
  if (parts === null) {
    throw new MavenError('CONFIG_INVALID', 'MAVEN_GIT_AUTHOR is not of the form "Name <mail>"', {
      hint: 'give it as "Name <mail@example.org>"',
    });
  }
  return assertAuthor({ name: parts[1] ?? '', email: (parts[2] ?? '').trim() }, 'MAVEN_GIT_AUTHOR');
}

function faultOf(text: string): string | null {
  if (text.trim() === '') return 'is empty';
  if (/[\u0000-\u001f\u007f]/.test(text)) return 'holds a line end or another control character';
  if (/[<>]/.test(text)) return 'holds < or >';
  if (text.length > longestPart) return `is longer than ${longestPart} characters`;
  return null;
}

/** Reads the files git would read; only where one includes others is native git asked to follow them. */
async function readUserConfig(repo: Repository): Promise<readonly ConfigEntry[]> {
  const outer = outerConfigFiles().flatMap((file) =>
    parseGitConfig(nodeDisk.readFile(file)?.toString('utf8') ?? ''),
  );
  const entries = [...outer, ...readRepositoryConfig(nodeDisk, repo)];
  const includes = entries.some(({ key }) => /^include(if\..*)?\.path$/s.test(key));
  if (!includes || !repo.nativeGit) return entries;
  const { stdout } = await runGit(repo, ['config', '-z', '--get-regexp', '^user\\.(name|email)$'], {
    answers: [0, 1],
  });
  return stdout
    .toString('utf8')
    .split('\0')
    .filter((record) => record.includes('\n'))
    .map((record) => ({
      key: record.slice(0, record.indexOf('\n')),
      value: record.slice(record.indexOf('\n') + 1),
    }));
}
