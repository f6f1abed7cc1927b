import type { ProblemList } from './problem-list.js';
import { isCanonicalTime } from './time.js';

/** A second that a file name tells: `decision_20260114_142408.md`, `snapshot_20260114T142408Z.json`. */
const STAMP = /_(\d{4})(\d{2})(\d{2})[_T](\d{2})(\d{2})(\d{2})(?=[_Z.])/;

/** @returns canonical time (whole second) from a file's name; null = the name tells none, or none that exists. */
export function timeInName(path: string): string | null {
  const match = STAMP.exec(nameOf(path));
  if (match === null) return null;
  const [, year, month, day, hour, minute, second] = match;
  const time = `${year}-${month}-${day}T${hour}:${minute}:${second}.000000+00:00`;
  return isCanonicalTime(time) ? time : null;
}

/** @returns the last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** @returns the last part of a path without its extension. */
export function stemOf(path: string): string {
  const name = nameOf(path);
  const point = name.lastIndexOf('.');
  return point <= 0 ? name : name.slice(0, point);
}

/** Reports a record whose time is not in the second that its file's name tells. */
export function checkTimeInName(label: string, time: string, problems: ProblemList): void {
  const named = timeInName(problems.path);
  if (named === null || named.slice(0, 19) === time.slice(0, 19)) return;
  problems.warning('NAME_MISMATCH', 1, `${label} is ${time}, the file is named for ${named}`);
}
