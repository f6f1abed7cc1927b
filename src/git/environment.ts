import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The only place of `src/git` that looks at the environment. */
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Settings that a child keeps. Every other `GIT_*` variable is dropped: in a hook they point at the repository, index
 * and objects of the git command that runs it (`git rev-parse --local-env-vars`), elsewhere they are somebody's debugging.
 */
const keptGitVariables: ReadonlySet<string> = new Set([
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_NOSYSTEM',
  'GIT_CONFIG_SYSTEM',
  'GIT_EXEC_PATH',
]);

/** Environment of every native git: ours without `GIT_*`, never prompting, locking for comfort, or fetching. */
export function childEnvironment(env: Environment = process.env): Record<string, string> {
  const child: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || (name.startsWith('GIT_') && !keptGitVariables.has(name))) continue;
    child[name] = value;
  }
  return {
    ...child,
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    // isomorphic-git knows no replacement objects; both readers must see the same bytes.
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_TERMINAL_PROMPT: '0',
  };
}

/** Tells whether a native git can be run, by looking along PATH: a child just to ask would cost more than the answer. */
export function hasNativeGit(env: Environment = process.env): boolean {
  const names = process.platform === 'win32' ? ['git.exe', 'git.cmd'] : ['git'];
  return (env.PATH ?? '')
    .split(delimiter)
    .some((folder) => folder !== '' && names.some((name) => isExecutable(join(folder, name))));
}

/** Git's configuration files outside the repository, in the order git reads them (later wins). */
export function outerConfigFiles(env: Environment = process.env): readonly string[] {
  const files: string[] = [];
  const noSystem = env.GIT_CONFIG_NOSYSTEM ?? '';
  if (!/^(1|true|yes|on)$/i.test(noSystem)) files.push(env.GIT_CONFIG_SYSTEM ?? '/etc/gitconfig');
  if (env.GIT_CONFIG_GLOBAL !== undefined) return [...files, env.GIT_CONFIG_GLOBAL];
  return [...files, join(xdgHome(env), 'git', 'config'), join(home(env), '.gitconfig')];
}

/** Where git looks for attributes outside the repository when `core.attributesFile` is not set. */
export function outerAttributeFiles(env: Environment = process.env): readonly string[] {
  return ['/etc/gitattributes', join(xdgHome(env), 'git', 'attributes')];
}

/** Expands `~/` as git does in configured paths. */
export function expandHome(path: string, env: Environment = process.env): string {
  return path.startsWith('~/') ? join(home(env), path.slice(2)) : path;
}

/** Files of `git credential-store`, in the order git reads them. */
export function credentialFiles(env: Environment = process.env): readonly string[] {
  return [join(home(env), '.git-credentials'), join(xdgHome(env), 'git', 'credentials')];
}

/** What the environment gives for remotes, where no native git could ask a helper; null = no password. */
export function givenCredentials(
  env: Environment = process.env,
): { readonly username: string | null; readonly password: string } | null {
  const [username = '', password = ''] = [env.MAVEN_GIT_USERNAME, env.MAVEN_GIT_PASSWORD];
  return password === '' ? null : { username: username === '' ? null : username, password };
}

/** The user ids whose repositories we may use: our own, and under sudo the one who called it. */
export function trustedUserIds(env: Environment = process.env): readonly number[] {
  const own = process.geteuid?.();
  if (own === undefined) return [];
  const caller = Number(env.SUDO_UID ?? '');
  return own === 0 && env.SUDO_UID !== undefined && Number.isSafeInteger(caller) ? [own, caller] : [own];
}

/** Value of the switch that kills this process inside a commit; only tests set it. */
export function crashSwitch(env: Environment = process.env): string | null {
  const value = env.MAVEN_CRASH_AT ?? '';
  return value === '' ? null : value;
}

function home(env: Environment): string {
  return env.HOME ?? homedir();
}

function xdgHome(env: Environment): string {
  const configured = env.XDG_CONFIG_HOME ?? '';
  return configured === '' ? join(home(env), '.config') : configured;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    // Not there, or not for us: the next folder of PATH decides.
    return false;
  }
}
