import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import { codeOf, type Logger, MavenError } from '../../index.js';
import { cleanText } from './clean.js';

/** What went wrong, in a form that is safe to show: never a stack, a cause or a connection string. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

const LONGEST = 2000;
/** A password in a URL; none of our messages has one, but a library's could. */
const CREDENTIALS = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi;

/** Tells a failure; what is no failure of an operation but a fault of ours goes to the log in full. */
export function failureOf(error: unknown, logger: Logger): Failure {
  if (error instanceof MavenError)
    return { code: error.code, message: shown(error.message), hint: shown(error.hint) };
  if (codeOf(error) === 'ERR_MODULE_NOT_FOUND')
    return {
      code: 'USAGE',
      message: 'maven-git was replaced by another version while this server ran',
      hint: 'restart the server (in Claude Code: /mcp, reconnect)',
    };
  logger.error(
    `a fault of maven-git itself: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
  return {
    code: 'FAULT',
    message: 'a fault of maven-git itself',
    hint: 'its log on stderr tells more; please report it',
  };
}

/** The same as an error of the protocol, for resources and prompts. */
export function protocolError(error: unknown, logger: Logger, uri?: string): McpError {
  if (error instanceof McpError) return error;
  const failure = failureOf(error, logger);
  const code = CODES[failure.code] ?? ErrorCode.InternalError;
  const data = { ...failure, ...(uri === undefined ? {} : { uri: shown(uri) }) };
  return new McpError(code, `${failure.message}; ${failure.hint}`, data);
}

/** As the specification has it: `Resource not found`. */
const RESOURCE_NOT_FOUND = -32002;

const CODES: Readonly<Record<string, number>> = {
  RECORD_NOT_FOUND: RESOURCE_NOT_FOUND,
  INPUT_INVALID: ErrorCode.InvalidParams,
};

function shown(text: string): string {
  return cleanText(text).replace(CREDENTIALS, '$1...@').slice(0, LONGEST);
}
