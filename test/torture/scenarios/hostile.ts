import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runScript } from '../../git/support/children.js';
import { git, initRepository } from '../../git/support/temporary.js';
import { type CliRun, maven } from '../../support/cli.js';
import { makeDatabase, onServer } from '../database.js';
import { emptyTally, type Scenario, type Tally, type TortureContext } from '../scenario.js';
import { hostileFiles } from './hostile-files.js';
import type { HostileReading } from './hostile-reader.js';
import { hostileRequests } from './hostile-requests.js';

const REQUESTS = 10_000;
const MOST_MIB = 256;
const MOST_MS = 1000;

/** Files made to harm: nothing in them is run, nothing outside is read or written, nobody's screen is moved. */
export const hostileRepository: Scenario = {
  name: 'more than 500 hostile files, read by every command',
  run: (context) => tryHostileFiles(context),
};

/** The same over MCP: nothing stray on stdout, nothing outside, no secret. */
export const hostileClient: Scenario = {
  name: `${REQUESTS.toLocaleString('en-US')} hostile MCP requests`,
  run: (context) => hostileRequests(context, Math.ceil(REQUESTS * context.share)),
};

/**
 * Everything that a person would do in a repository that they have pulled from somebody.
 *
 * @param brief - only the commands that show the most of what is in the files.
 */
export async function tryHostileFiles({ dir, postgres }: TortureContext, brief = false): Promise<Tally> {
  const tally = emptyTally();
  const mark = path.join(dir, 'executed');
  const files = hostileFiles(mark);
  tally.faults += files.length;
  tally.kinds['hostile file'] = files.length;
  const fault = (what: string): void => {
    tally.broken.push(what);
  };

  const read = await runScript('torture/scenarios/hostile-reader.js', [mark]);
  if (read.code !== 0) fault(`the reader ended with ${read.code}: ${read.stderr.slice(0, 300)}`);
  else {
    const reading = JSON.parse(read.stdout) as HostileReading;
    for (const found of reading.faults) fault(found);
    if (reading.slowestMs > MOST_MS) fault(`${reading.slowest} took ${reading.slowestMs} ms`);
    if (reading.peakMiB > MOST_MIB) fault(`all files together took ${reading.peakMiB} MiB`);
  }

  const folder = path.join(dir, 'tree');
  initRepository(folder, { 'README.md': 'a\n' });
  importFiles(folder, files);
  const database = await makeDatabase(await postgres());
  try {
    const env = { MAVEN_DATABASE_URL: database.url, HOME: dir, FORCE_COLOR: '0' };
    const outside = path.join(dir, 'outside');
    mkdirSync(outside);
    writeFileSync(path.join(outside, 'x.txt'), 'x');
    for (const args of commandsOver(dir, brief)) {
      const run = await maven(args, { cwd: folder, env });
      for (const found of complaintsOf(run)) fault(`${args.join(' ')}: ${found}`);
      if (args[0] === 'report' && run.exitCode !== 0) fault(`report: ${run.stderr.slice(0, 300)}`);
      tally.tries += 1;
    }
    const page = path.join(dir, 'report.html');
    if (existsSync(page)) for (const found of markupIn(readFileSync(page, 'utf8'))) fault(`report: ${found}`);
    else fault('no report was written');
    await onServer(database.url, async (client) => {
      const { rows } = await client.query<{ n: string }>('select count(*)::text as n from maven_decisions');
      if (Number(rows[0]?.n) < 50) fault(`${rows[0]?.n} decisions in the table`);
      const { rows: tables } = await client.query<{ name: string }>(
        "select tablename as name from pg_tables where schemaname = 'public' and tablename not like 'maven_%' and tablename not like 'kysely_%'",
      );
      for (const { name } of tables) fault(`a table ${name} was made`);
    });
    if (readdirSync(outside).join() !== 'x.txt') fault('a file was written outside');
    if (existsSync(mark) || existsSync(path.join(folder, 'x'))) fault('something was executed');
  } finally {
    await database.drop();
  }
  return tally;
}

/** What is asked of the repository, with options that are hostile themselves. */
function commandsOver(dir: string, brief: boolean): readonly (readonly string[])[] {
  const json = [['decisions'], ['trades'], ['verify'], ['search', 'alert']].map((args) => [
    ...args,
    '--json',
  ]);
  const report = ['report', '--account', 'main', '--html', path.join(dir, 'report.html')];
  if (brief) return [['reconcile'], ['verify'], ['trades', '--limit', '500'], ...json.slice(0, 1), report];
  return [
    ['reconcile'],
    ['verify'],
    ['verify', '--format', 'github'],
    ['status'],
    ['decisions', '--limit', '500'],
    ['trades', '--limit', '500'],
    ['search', 'alert'],
    ['search', "'; drop table maven_trades; --"],
    ['portfolio'],
    ['pnl'],
    ['win-rate'],
    ['performance'],
    report,
    ...json,
    ['history', '../../../../etc/passwd'],
    ['history', '\u001b[2J'],
    ['win-rate', '\u001b]0;x\u0007'],
    ['reconcile', '--at', `--upload-pack=touch ${path.join(dir, 'executed')}`],
    ['diff', `--output=${path.join(dir, 'outside', 'y')}`],
    ['diff', `HEAD..--output=${path.join(dir, 'outside', 'y')}`],
    ['pnl', '--at', '$(touch executed)'],
    ['import', 'conversation', '/etc/hostname'],
    ['doctor'],
  ];
}

/** Characters that move a terminal, and the inside of the program. */
function complaintsOf({ stdout, stderr, exitCode }: CliRun): readonly string[] {
  const found: string[] = [];
  const raw = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u202a-\u202e\u2066-\u2069]/u.exec(
    stdout + stderr,
  );
  if (raw !== null) {
    const around = (stdout + stderr).slice(Math.max(0, raw.index - 60), raw.index + 20);
    found.push(`character ${JSON.stringify(raw[0])} reaches the screen after ${JSON.stringify(around)}`);
  }
  if (/^\s+at .*\.js:\d+/m.test(stderr)) found.push(`a stack trace: ${stderr.slice(0, 300)}`);
  if (exitCode === null || exitCode > 2) found.push(`exit code ${exitCode}`);
  return found;
}

/** Markup of the payloads that a browser would take for its own. */
function markupIn(html: string): readonly string[] {
  return ['<script>alert', '<img src=x', '<svg/onload', '<iframe src', 'href="javascript:'].filter((text) =>
    html.toLowerCase().includes(text),
  );
}

/** One commit of the files, by their bytes: some names cannot stand in every file system. */
function importFiles(folder: string, files: ReturnType<typeof hostileFiles>): void {
  const parts: Buffer[] = [
    Buffer.from(
      'reset refs/heads/main\ncommit refs/heads/main\ncommitter a <a@b> 1768400000 +0000\ndata 1\nx\n',
    ),
  ];
  for (const { path: name, text } of files) {
    const bytes = Buffer.from(text);
    parts.push(
      Buffer.from(`M 100644 inline ${quoted(name)}\ndata ${bytes.length}\n`),
      bytes,
      Buffer.from('\n'),
    );
  }
  execFileSync('git', ['fast-import', '--quiet', '--force'], {
    cwd: folder,
    input: Buffer.concat(parts),
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  git(folder, 'read-tree', 'HEAD');
}

/** As git quotes a path: bytes in octal. */
function quoted(name: string): string {
  const bytes = [...Buffer.from(name)].map((byte) =>
    byte < 32 || byte > 126 || byte === 34 || byte === 92
      ? `\\${byte.toString(8).padStart(3, '0')}`
      : String.fromCharCode(byte),
  );
  return `"${bytes.join('')}"`;
}
