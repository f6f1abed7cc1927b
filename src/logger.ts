/** Levels as the log's readers know them from Python's logging module. */
export type LogLevel = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';

export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warning(message: string): void;
  error(message: string): void;
  /** The same log under another name, such as `maven.reconcile`. */
  named(name: string): Logger;
}

export interface LoggerOptions {
  readonly name: string;
  /** The least level that is written. */
  readonly level: LogLevel;
  /** Takes one whole line with its line end. */
  readonly write: (line: string) => void;
  readonly clock: () => Date;
}

const RANK: Readonly<Record<LogLevel, number>> = { DEBUG: 10, INFO: 20, WARNING: 30, ERROR: 40 };

/**
 * Makes a logger that writes `2026-01-14 14:24:08,034 - maven.sync - INFO - text`, times in UTC.
 *
 * @see semantics of the log format: the original requirement's `%(asctime)s - %(name)s - %(levelname)s - %(message)s`.
 */
export function createLogger(options: LoggerOptions): Logger {
  const log = (level: LogLevel, message: string): void => {
    if (RANK[level] < RANK[options.level]) return;
    options.write(`${asctime(options.clock())} - ${options.name} - ${level} - ${oneLine(message)}\n`);
  };
  return {
    debug: (message) => log('DEBUG', message),
    info: (message) => log('INFO', message),
    warning: (message) => log('WARNING', message),
    error: (message) => log('ERROR', message),
    named: (name) => createLogger({ ...options, name }),
  };
}

/** A logger that says nothing, for library users who pass none. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warning: () => undefined,
  error: () => undefined,
  named: () => silentLogger,
};

function asctime(now: Date): string {
  return now.toISOString().replace('T', ' ').replace('.', ',').replace('Z', '');
}

/** Control characters are written as escapes: text from outside must neither forge a line nor drive a terminal. */
function oneLine(message: string): string {
  return message.replace(
    /[\u0000-\u001f\u007f-\u009f]/g,
    (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
