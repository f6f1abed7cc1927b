import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import {
  type CheckReport,
  checkOutgoing,
  checkStaged,
  HOOK_REFUSED,
  serveHookRequests,
} from '../../index.js';
import type { CliIo } from '../io.js';
import { safeText } from '../output/safe-text.js';
import { things } from '../output/table.js';

const MOST_SHOWN = 20;

/** What a hook's script asks for. */
export interface HookCall {
  /** `pre-commit`, `pre-push`, or `reconcile`. */
  readonly what: string;
  /** Any folder of the repository, or its git folder. */
  readonly repo: string;
  /** Name or URL of the remote, for `pre-push`. */
  readonly remote: string;
  /** File of environment variables; null = none. */
  readonly envFile: string | null;
  readonly expectsServer: boolean;
}

/** What the scripts of the hooks call; not for people. @returns the exit code. */
export async function hookRun(io: CliIo, call: HookCall): Promise<number> {
  switch (call.what) {
    case 'pre-commit':
      return answer(io, await checkStaged(call.repo, await readInput(io, 'latin1')), 'git commit');
    case 'pre-push': {
      const refs = await readInput(io, 'utf8');
      return answer(io, await checkOutgoing(call.repo, refs, call.remote), 'git push');
    }
    default:
      return reconcileInBackground(io, call);
  }
}

async function reconcileInBackground(io: CliIo, call: HookCall): Promise<number> {
  // Nobody may stop it by closing the terminal in which git was called, where there is no setsid.
  for (const signal of ['SIGHUP', 'SIGINT'] as const) process.on(signal, () => undefined);
  const { envFile, expectsServer, repo } = call;
  const given = envFile === null ? {} : parseEnv(await readFile(envFile, 'utf8').catch(() => ''));
  const own = Object.entries(io.env).filter(([, value]) => value !== undefined && value !== '');
  await serveHookRequests({
    repo,
    env: { ...given, ...Object.fromEntries(own) },
    expectsServer,
  });
  return 0;
}

function answer({ stderr }: CliIo, report: CheckReport, command: string): number {
  const { findings, skipped } = report;
  if (skipped > 0)
    stderr.write(`maven-git: ${things(skipped, 'artifact')} not checked here; maven-git verify checks all\n`);
  if (findings.length === 0) return 0;
  for (const { path, line, code, message } of findings.slice(0, MOST_SHOWN))
    stderr.write(`${safeText(path)}:${line}: ${code} ${safeText(message)}\n`);
  if (findings.length > MOST_SHOWN) stderr.write(`... and ${findings.length - MOST_SHOWN} more\n`);
  stderr.write(
    `maven-git: refused, ${things(findings.length, 'fault')} in artifacts; mend them, or bypass with ${command} --no-verify\n`,
  );
  return HOOK_REFUSED;
}

async function readInput({ stdin }: CliIo, encoding: BufferEncoding): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk as Buffer));
  return Buffer.concat(chunks).toString(encoding);
}
