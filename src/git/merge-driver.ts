import { join } from 'node:path';
import { nodeDisk } from './disk.js';
import { writeIfOther } from './hooks/hook-files.js';
import { type HookProgram, programHere, shellQuote } from './hooks/program.js';
import { runGit } from './native-git.js';
import type { Repository } from './repository.js';

/** The name that `.moha/maven/.gitattributes` gives files that are merged record by record. */
const DRIVER = 'merge.maven-records';

/** What is merged by record, as attributes of git name it, below `.moha/maven`. */
export const MERGED_BY_RECORD = [
  '*.jsonl',
  'session_log.md',
  'identity.json',
  'infrastructure.json',
  'state/*.json',
  'metrics/**/*.md',
  'snapshots/**/*.json',
] as const;

/** Whether this clone knows how to merge records. */
export interface MergeDriverState {
  /** Everything below. */
  readonly registered: boolean;
  /** The driver's command is in git's configuration: `current`, `outdated` (another node or place), `missing`. */
  readonly command: 'current' | 'outdated' | 'missing';
  /** `info/attributes` names the files. */
  readonly attributes: boolean;
}

/**
 * Tells this clone how to merge records. Git's configuration is never cloned, so every clone needs it once; without it git
 * merges by line and stops at a conflict with both versions in the file, which loses nothing.
 *
 * The files are also named in `info/attributes`, for histories whose `.gitattributes` is older than some kinds of files.
 *
 * @returns false when there is no native git, hence nobody who would read it.
 */
export async function configureMergeDriver(repo: Repository): Promise<boolean> {
  if (!repo.nativeGit) return false;
  const state = await readMergeDriver(repo);
  if (state.command !== 'current') {
    await runGit(repo, ['config', '--local', `${DRIVER}.name`, 'union of records (maven-git)']);
    await runGit(repo, ['config', '--local', `${DRIVER}.driver`, driverCommand(programHere())]);
  }
  if (!state.attributes) {
    const file = attributesFile(repo);
    writeIfOther(file, withBlock(readText(file)), false);
  }
  return true;
}

/** Takes the merge driver out of this clone again. */
export async function forgetMergeDriver(repo: Repository): Promise<void> {
  if (!repo.nativeGit) return;
  const file = attributesFile(repo);
  const text = readText(file);
  if (text.includes(BEGIN)) writeIfOther(file, withoutBlock(text), false);
  await runGit(repo, ['config', '--local', '--remove-section', DRIVER], { answers: [0, 128] });
}

export async function readMergeDriver(repo: Repository): Promise<MergeDriverState> {
  const attributes = readText(attributesFile(repo)).includes(BLOCK);
  if (!repo.nativeGit) return { registered: false, command: 'missing', attributes };
  const { stdout } = await runGit(repo, ['config', '--local', '--get', `${DRIVER}.driver`], {
    answers: [0, 1],
  });
  const found = stdout.toString('utf8').replace(/\n$/, '');
  const command = found === '' ? 'missing' : found === driverCommand(programHere()) ? 'current' : 'outdated';
  return { registered: command === 'current' && attributes, command, attributes };
}

/**
 * The command that git gives to sh, `%` doubled where it is not git's.
 *
 * A driver that fails without having written both versions into the file would leave ours alone there, as if nothing was
 * amiss: then git's own merge by line takes over, which never hides a line.
 */
export function driverCommand({ node, script }: HookProgram): string {
  const quote = (text: string): string => shellQuote(text).replaceAll('%', '%%');
  const call = 'merge-driver %O %A %B %P';
  return [
    `if [ -x ${quote(node)} ] && [ -f ${quote(script)} ]`,
    `then ${quote(node)} ${quote(script)} ${call}`,
    `else maven-git ${call}`,
    "fi || { grep -q '^<<<<<<< ' %A && exit 1; git merge-file -L ours -L base -L theirs %A %O %B; }",
  ].join('; ');
}

const BEGIN = '# maven-git: what is merged record by record, whatever the history says\n';
const END = '# maven-git: end\n';
const BLOCK = `${BEGIN}${MERGED_BY_RECORD.map((pattern) => `/.moha/maven/${anchored(pattern)} merge=maven-records\n`).join('')}${END}`;

/** A pattern without a slash means any depth where it stands alone, but not once it follows a folder. */
function anchored(pattern: string): string {
  return pattern.startsWith('*.') ? `**/${pattern}` : pattern;
}

function attributesFile(repo: Repository): string {
  return join(repo.commonDir, 'info', 'attributes');
}

function readText(file: string): string {
  return nodeDisk.readFile(file)?.toString('utf8') ?? '';
}

function withBlock(text: string): string {
  const rest = withoutBlock(text);
  return rest === '' || rest.endsWith('\n') ? `${rest}${BLOCK}` : `${rest}\n${BLOCK}`;
}

function withoutBlock(text: string): string {
  const start = text.indexOf(BEGIN);
  if (start < 0) return text;
  const end = text.indexOf(END, start);
  return text.slice(0, start) + (end < 0 ? '' : text.slice(end + END.length));
}
