import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { isOurScript } from './hook-script.js';

/** As git sees it: a file that may be executed. */
export function isActive(file: string): boolean {
  try {
    const stat = statSync(file);
    return stat.isFile() && (stat.mode & 0o111) !== 0;
  } catch {
    // Not there, or a link to nothing: no hook for git either.
    return false;
  }
}

/** Names of the hooks of a folder. Samples, helpers and settings are none: git's own names are words and dashes. */
export function activeHooks(folder: string): readonly string[] {
  return listFolder(folder).filter((name) => /^[a-z][a-z-]+$/.test(name) && isActive(join(folder, name)));
}

export function isOurFile(file: string): boolean {
  const text = textOf(file);
  return text !== null && isOurScript(text);
}

/** @returns null = no regular file that we may read. */
export function textOf(file: string): string | null {
  try {
    return lstatSync(file).isFile() ? readFileSync(file, 'utf8') : null;
  } catch {
    // Not there, or not for us: then it is not what we would have written.
    return null;
  }
}

/** Also true of a link to nothing. */
export function isThere(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

/** @returns nothing for a folder that is not there. */
export function listFolder(folder: string): readonly string[] {
  return isThere(folder) ? readdirSync(folder) : [];
}

/** Writes a file whole or not at all; answers whether it had to. */
export function writeIfOther(file: string, text: string, executable: boolean): boolean {
  if (textOf(file) === text && isActive(file) === executable) return false;
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.maven-git-${process.pid}`;
  writeFileSync(temporary, text, { mode: executable ? 0o755 : 0o644 });
  renameSync(temporary, file);
  return true;
}
