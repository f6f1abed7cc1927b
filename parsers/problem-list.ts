import { MAX_PROBLEMS } from './limits.js';
import type { Problem, ProblemCode, Severity } from './problem.js';

/** Gathers the problems of one file; keeps memory bounded whatever the file holds. */
export interface ProblemList {
  readonly path: string;
  error(code: ProblemCode, line: number, message: string): void;
  warning(code: ProblemCode, line: number, message: string): void;
  /** In the order found; when there were too many, the first thousand and a count. */
  list(): readonly Problem[];
}

/** Starts the list of a file's problems. */
export function problemList(path: string): ProblemList {
  const problems: Problem[] = [];
  let total = 0;
  const add = (code: ProblemCode, severity: Severity, line: number, message: string): void => {
    total += 1;
    if (total <= MAX_PROBLEMS) problems.push({ code, severity, message, path, line });
  };
  return {
    path,
    error: (code, line, message) => add(code, 'error', line, message),
    warning: (code, line, message) => add(code, 'warning', line, message),
    list: () => {
      if (total <= MAX_PROBLEMS) return problems;
      const message = `${total} problems in this file, the first ${MAX_PROBLEMS} are listed`;
      return [...problems, { code: 'TOO_MANY_PROBLEMS', severity: 'error', message, path, line: 1 }];
    },
  };
}

/** Control, format (bidi, zero width), line separator and unpaired surrogate characters: unsafe on a terminal. */
const UNSAFE_TO_SHOW = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Quotes text from a file for a message: one line, at most 60 characters, nothing that moves a terminal. */
export function quote(text: string): string {
  const shown = text.length > 60 ? `${text.slice(0, 60)}...` : text;
  const safe = shown.replace(UNSAFE_TO_SHOW, (unsafe) => {
    const point = unsafe.codePointAt(0) ?? 0;
    return `\\u{${point.toString(16)}}`;
  });
  return `'${safe}'`;
}
