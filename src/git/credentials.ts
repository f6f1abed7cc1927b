import { nodeDisk } from './disk.js';
import { credentialFiles, givenCredentials } from './environment.js';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/**
 * Finds user name and password for a URL without asking anybody: in the URL itself, in the environment
 * (`MAVEN_GIT_USERNAME`, `MAVEN_GIT_PASSWORD`), and where `git credential-store` keeps them.
 *
 * @returns null = there are none.
 */
export function credentialsFor(url: string): Credentials | null {
  const { protocol, host, username, password } = new URL(url);
  const named = plain(username);
  if (password !== '') return { username: named, password: plain(password) };
  const given = givenCredentials();
  if (given !== null) return { username: given.username ?? (named || 'git'), password: given.password };
  for (const file of credentialFiles()) {
    for (const line of (nodeDisk.readFile(file)?.toString('utf8') ?? '').split('\n')) {
      const known = URL.canParse(line) ? new URL(line) : null;
      if (known === null || known.protocol !== protocol || known.host !== host) continue;
      if (username !== '' && known.username !== username) continue;
      return {
        username: plain(known.username),
        password: plain(known.password),
      };
    }
  }
  return null;
}

/** A percent sign that starts no escape stands for itself. */
function plain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not encoded at all.
    return text;
  }
}
