#!/usr/bin/env node
import { packageVersion } from '../index.js';
import { isGitCall, runGitCall } from './git-calls.js';

// Node 21 has it. Without it, pg loads the whole of fetch only to learn that it does not run on Cloudflare.
if (!('navigator' in globalThis))
  Object.assign(globalThis, { navigator: { userAgent: `Node.js/${process.version}` } });

// Output into a pipe that was closed early (`maven-git verify | head`) is no fault, and the verdict stays what it is.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  process.stderr.write(`maven-git: cannot write the output: ${error.message}\n`);
  process.exit(process.argv.includes('verify') ? 2 : 1);
});

const argv = process.argv.slice(2);
const io = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
};
process.exitCode = isGitCall(argv)
  ? await runGitCall(argv, io)
  : await (await import('./run.js')).runCli(argv, io, packageVersion());
