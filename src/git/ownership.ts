import { statSync } from 'node:fs';
import { codeOf, MavenError } from '../errors.js';
import { nodeDisk } from './disk.js';
import { expandHome, outerConfigFiles, trustedUserIds } from './environment.js';
import { parseGitConfig } from './git-config.js';

/**
 * Refuses a repository that belongs to another user, as native git does: its configuration could run that user's
 * commands as us. `safe.directory` of the global configuration excepts repositories, as it does for git.
 *
 * @throws {@link MavenError} REPOSITORY_UNSUPPORTED naming the folder and the two users.
 */
export function assertOwned(gitDir: string, workTree: string | null): void {
  const trusted = trustedUserIds();
  if (trusted.length === 0) return;
  for (const folder of workTree === null ? [gitDir] : [gitDir, workTree]) {
    const owner = ownerOf(folder);
    if (owner === null || trusted.includes(owner) || isSafeDirectory(workTree ?? gitDir)) continue;
    throw new MavenError(
      'REPOSITORY_UNSUPPORTED',
      `${folder} belongs to user ${owner}, expected user ${trusted.join(' or ')}`,
      {
        hint: `run as that user, or trust it with: git config --global --add safe.directory ${workTree ?? gitDir}`,
        data: { folder, owner, expected: trusted },
      },
    );
  }
}

function ownerOf(folder: string): number | null {
  try {
    return statSync(folder).uid;
  } catch (error) {
    // A linked worktree whose folder was moved away: reading its commits is still fine.
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function isSafeDirectory(folder: string): boolean {
  let safe = false;
  for (const file of outerConfigFiles()) {
    for (const { key, value } of parseGitConfig(nodeDisk.readFile(file)?.toString('utf8') ?? '')) {
      if (key !== 'safe.directory' || value === null) continue;
      if (value === '') safe = false;
      else safe ||= matches(value, folder);
    }
  }
  return safe;
}

function matches(pattern: string, folder: string): boolean {
  if (pattern === '*') return true;
  const path = expandHome(pattern);
  return path.endsWith('/*') ? folder.startsWith(path.slice(0, -1)) : folder === path.replace(/\/+$/, '');
}
