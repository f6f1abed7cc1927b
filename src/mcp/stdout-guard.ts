import type { Writable } from 'node:stream';

/** Writes a line of the protocol; `done` is called when it is on its way, or the reader is gone. */
export type WriteLine = (line: string, done: () => void) => void;

/**
 * Keeps stdout for the protocol: whatever else this process writes there (a library's `console.log`) goes to stderr from
 * now on, since one stray line would break the conversation.
 *
 * @returns the only way that is left to the real stdout.
 */
export function guardStdout(stdout: Writable, stderr: Writable): WriteLine {
  const write = stdout.write.bind(stdout);
  stdout.write = stderr.write.bind(stderr) as Writable['write'];
  return (line, done) => {
    write(line, () => done());
  };
}
