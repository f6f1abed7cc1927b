import { git } from '../git/support/temporary.js';
import { leftovers } from './invariants.js';
import type { Tally } from './scenario.js';
import { PERSONS_STATUS, type World } from './world.js';

/** A write that the program said it had made. */
export interface Acknowledged {
  readonly commit: string;
  /** Text that stands in exactly one line of one artifact; null where the commit alone counts. */
  readonly token: string | null;
}

export interface HistoryCheck {
  /** Everything acknowledged since the repository was made. */
  readonly acknowledged: readonly Acknowledged[];
  /** Commit from which on each commit is looked at; null = from the first. */
  readonly since: string | null;
  /** Where something was found, and how to do it again. */
  readonly where: string;
}

/** Files that nothing may ever be taken from. */
const ADD_ONLY = /^\.moha\/maven\/(trades|flows|decisions|snapshots)\//;

/** Every acknowledged write is in history, and no commit took a line back. @returns HEAD, to go on from. */
export function checkHistory(world: Pick<World, 'folder'>, check: HistoryCheck, tally: Tally): string {
  const { folder } = world;
  const history = new Set(git(folder, 'rev-list', '--first-parent', 'HEAD').split('\n'));
  const { acknowledged, since, where } = check;
  for (const { commit } of acknowledged)
    if (!history.has(commit)) tally.lost.push(`${where}: commit ${commit} is not in history`);
  if (since !== null && !history.has(since))
    tally.lost.push(`${where}: ${since}, once HEAD, is not in history`);
  checkTokens(world, check, tally);
  const range = since === null || !history.has(since) ? 'HEAD' : `${since}..HEAD`;
  const changes = git(
    folder,
    'log',
    '--first-parent',
    '--no-renames',
    '--format=commit %H',
    '--numstat',
    range,
  );
  let commit = '';
  for (const line of changes.split('\n')) {
    if (line.startsWith('commit ')) commit = line.slice(7);
    const [, , deleted = '0', path = ''] = /^(\S+)\t(\S+)\t(.*)$/.exec(line) ?? [];
    if (deleted !== '0' && ADD_ONLY.test(path))
      tally.lost.push(`${where}: ${commit} takes ${deleted} lines from ${path}`);
  }
  return git(folder, 'rev-parse', 'HEAD');
}

/** What was acknowledged is there once; what was only attempted at most once. */
function checkTokens(
  { folder }: Pick<World, 'folder'>,
  { acknowledged, where }: HistoryCheck,
  tally: Tally,
): void {
  const found = acknowledged.some(({ token }) => token !== null) ? tokensAtHead(folder) : [];
  const counts = new Map<string, number>();
  for (const token of found) counts.set(token, (counts.get(token) ?? 0) + 1);
  for (const { token } of acknowledged) {
    if (token !== null && counts.get(token) !== 1)
      tally.lost.push(`${where}: acknowledged ${token} is there ${counts.get(token) ?? 0} times`);
  }
  for (const [token, count] of counts)
    if (count > 1) tally.broken.push(`${where}: ${token} is there ${count} times`);
}

function tokensAtHead(folder: string): readonly string[] {
  const args = ['grep', '-h', '-o', '-E', 'token-[0-9a-z-]+', 'HEAD', '--', '.moha/maven/decisions'];
  try {
    return git(folder, ...args).split('\n');
  } catch (error) {
    // With 1 it says that there is none.
    if (error instanceof Error && 'status' in error && error.status === 1) return [];
    throw error;
  }
}

/** The repository is sound, nothing is left lying about, and what is a person's was not touched. */
export function checkRepository(
  world: Pick<World, 'folder'>,
  where: string,
  tally: Tally,
  fsck = true,
): void {
  if (fsck) {
    const complaints = said(() => git(world.folder, 'fsck', '--strict', '--no-dangling'));
    if (complaints !== '') tally.broken.push(`${where}: git fsck: ${complaints.slice(0, 300)}`);
  }
  const status = said(() => git(world.folder, 'status', '--porcelain', '--untracked-files=all'));
  if (status !== PERSONS_STATUS) tally.broken.push(`${where}: git status says ${JSON.stringify(status)}`);
  for (const left of leftovers(world.folder)) tally.broken.push(`${where}: ${left} is left`);
}

/** One reconcile, and verify finds nothing. */
export async function checkProjection(world: World, where: string, tally: Tally): Promise<void> {
  const reconciled = await world.maven(['reconcile']);
  if (reconciled.exitCode !== 0) {
    tally.broken.push(`${where}: reconcile: ${reconciled.stderr}${reconciled.stdout}`.slice(0, 400));
    return;
  }
  const verified = await world.maven(['verify', '--json']);
  const report = parsed(verified.stdout) as {
    readonly verdict?: string;
    readonly errors?: number;
    readonly findings?: readonly {
      readonly code: string;
      readonly layer: string;
      readonly message: string;
    }[];
  };
  if (verified.exitCode === 0 && report.errors === 0) return;
  const findings = (report.findings ?? []).slice(0, 5).map(({ code, message }) => `${code} ${message}`);
  tally.drift.push(
    `${where}: verify exits ${verified.exitCode}: ${findings.join('; ') || verified.stderr}`.slice(0, 600),
  );
}

function said(act: () => string): string {
  try {
    return act();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
