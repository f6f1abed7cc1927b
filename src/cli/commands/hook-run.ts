import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import {
  type CheckReport,
  checkOutgoing,
  checkStaged,
  HOOK_REFUSED,
  serveHookRequests,
} from '../../index.js';
import { type Arguments, type Command, type CommandRuntime, switchOption, textOption } from '../command.js';
import { safeText } from '../output/safe-text.js';
import { things } from '../output/table.js';

const MOST_SHOWN = 20;

/** What the scripts of the hooks call; not for people. */
export const hookRunCommand: Command = {
  build: (yargs) =>
    yargs
      .option('env-file', { type: 'string' })
      .option('expects-server', { type: 'boolean' })
      .option('remote', { type: 'string' }),
  run: async (runtime, args) => {
    const repo = runtime.global.repo;
    switch (textOption(args, 'what')) {
      case 'pre-commit':
        return answer(runtime, await checkStaged(repo, await readInput(runtime, 'latin1')), 'git commit');
      case 'pre-push': {
        const refs = await readInput(runtime, 'utf8');
        return answer(runtime, await checkOutgoing(repo, refs, textOption(args, 'remote') ?? ''), 'git push');
      }
      default:
        return reconcileInBackground(runtime, args);
    }
  },
};

async function reconcileInBackground(runtime: CommandRuntime, args: Arguments): Promise<number> {
  // Nobody may stop it by closing the terminal in which git was called, where there is no setsid.
  for (const signal of ['SIGHUP', 'SIGINT'] as const) process.on(signal, () => undefined);
  const file = textOption(args, 'env-file');
  const given = file === undefined ? {} : parseEnv(await readFile(file, 'utf8').catch(() => ''));
  const own = Object.entries(runtime.io.env).filter(([, value]) => value !== undefined && value !== '');
  await serveHookRequests({
    repo: runtime.global.repo,
    env: { ...given, ...Object.fromEntries(own) },
    expectsServer: switchOption(args, 'expects-server'),
  });
  return 0;
}

function answer(runtime: CommandRuntime, report: CheckReport, command: string): number {
  const { stderr } = runtime.io;
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

async function readInput(runtime: CommandRuntime, encoding: BufferEncoding): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of runtime.io.stdin) chunks.push(Buffer.from(chunk as Buffer));
  return Buffer.concat(chunks).toString(encoding);
}
