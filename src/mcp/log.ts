import { createLogger, type Logger, type LogLevel } from '../index.js';

export type McpLevel = 'debug' | 'info' | 'warning' | 'error';

/** Takes a log message to the client. */
export type SendLog = (level: McpLevel, logger: string, message: string) => void;

/** A log on stderr that the client gets as well, once it listens. */
export interface McpLog {
  readonly logger: Logger;
  /** From now on messages go to the client too; those of before are sent now. */
  connect(send: SendLog): void;
}

const KEPT_BEFORE = 50;

/** @param level - the least level on stderr; the client chooses its own. */
export function createMcpLog(level: LogLevel, write: (line: string) => void): McpLog {
  let send: SendLog | null = null;
  const before: Parameters<SendLog>[] = [];
  const tell: SendLog = (...message) => {
    if (send !== null) send(...message);
    else if (before.length < KEPT_BEFORE) before.push(message);
  };
  const both = (name: string): Logger => {
    const local = createLogger({ name, level, write, clock: () => new Date() });
    const at = (severity: McpLevel) => (message: string) => {
      local[severity](message);
      tell(severity, name, message);
    };
    return {
      debug: at('debug'),
      info: at('info'),
      warning: at('warning'),
      error: at('error'),
      named: both,
    };
  };
  return {
    logger: both('maven.mcp'),
    connect: (target) => {
      send = target;
      for (const message of before.splice(0)) target(...message);
    },
  };
}
