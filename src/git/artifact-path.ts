import { MavenError } from '../errors.js';
import { artifactsFolder } from './revision.js';

const longestPath = 4096;
const longestName = 255;

/**
 * Refuses a path that does not name a file below `.moha/maven` on every system.
 *
 * Paths come from names that a user, a model or an upstream chose; a wrong one could leave the folder, reach into `.git`,
 * or be unreadable elsewhere.
 *
 * @throws {@link MavenError} INPUT_INVALID saying what is wrong with it.
 */
export function assertArtifactPath(path: string): void {
  const fault = faultOf(path);
  if (fault === null) return;
  const shown = JSON.stringify(path.slice(0, 200));
  throw new MavenError('INPUT_INVALID', `${shown} is no path of an artifact: ${fault}`, {
    hint: `name a file below ${artifactsFolder}/, its parts separated by single slashes`,
    data: { path: path.slice(0, 200), fault },
  });
}

function faultOf(path: string): string | null {
  if (!path.startsWith(`${artifactsFolder}/`)) return `it is not below ${artifactsFolder}/`;
  return pathFault(path);
}

/** Tells what keeps a path from naming a file of a working tree, and nothing else, on every system; null = nothing. */
export function pathFault(path: string): string | null {
  if (!path.isWellFormed()) return 'it is not valid Unicode';
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(path)) return 'it holds a control character';
  if (path.includes('\\')) return 'it holds a backslash';
  if (Buffer.byteLength(path) > longestPath) return `it is longer than ${longestPath} bytes`;
  for (const part of path.split('/')) {
    if (part === '') return 'it has an empty part';
    if (part === '.' || part === '..') return `it has a part ${part}`;
    if (isGitFolder(part)) return 'it reaches into .git';
    if (Buffer.byteLength(part) > longestName) return `it has a part longer than ${longestName} bytes`;
  }
  return null;
}

/** `.git` as any file system may spell it: in capitals, with characters HFS+ ignores, as NTFS shortens it. */
function isGitFolder(part: string): boolean {
  const visible = part.replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g, '');
  const plain = (visible.split(':', 1)[0] ?? '').replace(/[ .]+$/, '');
  return /^(\.git|git~[0-9]+)$/i.test(plain);
}
