import { codeOf, MavenError } from '../errors.js';
import { shallowCommits } from './commit-walk.js';
import { nodeDisk } from './disk.js';
import { type HttpRemote, type HttpService, openHttpRemote } from './http-remote.js';
import { readHistory } from './merge-base.js';
import { assertAllThere, isInHistory, outgoingObjects } from './outgoing-objects.js';
import { formatPack, storePack } from './pack-file.js';
import { FLUSH, pktLine, readPktLines } from './pkt-line.js';
import { isOid, readHead, readRef } from './refs.js';
import { type RemoteBranch, trackingRef } from './remote-branch.js';
import { withoutCredentials } from './remote-git.js';
import { type Repository, readRepositoryConfig } from './repository.js';
import { writeTrackingRef } from './tracking-ref.js';

/** How many of our commits a remote is told of, where nothing says what we have of it. */
const MOST_HAVES = 256;
const NO_COMMIT = '0'.repeat(40);
const AGENT = 'agent=maven-git';

/**
 * Fetches a branch over HTTP, without native git.
 *
 * @returns its commit, all of whose objects are here; null = the remote has no such branch yet.
 * @throws {@link MavenError} REMOTE_AUTH, REMOTE_FAILED, CONFIG_INVALID.
 */
export async function fetchBranch(
  repo: Repository,
  from: RemoteBranch,
  timeoutMs: number,
): Promise<string | null> {
  const remote = await openRemote(repo, from, 'git-upload-pack', timeoutMs);
  const wanted = remote.refs.get(from.branch);
  if (wanted === undefined) return null;
  if (!isOid(wanted)) throw refused(`it names no commit for ${from.branch}`);
  const tracking = trackingRef(from);
  const seen = readRef(nodeDisk, repo, tracking);
  if (seen !== wanted) {
    await fetchObjects(repo, remote, wanted, seen);
    await writeTrackingRef(nodeDisk, repo, tracking, wanted);
  }
  return wanted;
}

async function fetchObjects(
  repo: Repository,
  remote: HttpRemote,
  wanted: string,
  seen: string | null,
): Promise<void> {
  const { commit } = readHead(nodeDisk, repo);
  const recent = seen === null && commit !== null ? await readHistory(repo, commit, MOST_HAVES) : [];
  const haves = [...new Set([seen, commit, ...recent].filter((oid) => oid !== null))];
  const answer = await remote.ask([
    pktLine(`want ${wanted} ofs-delta ${AGENT}\n`),
    // Else the remote would take their parents to be here as well.
    ...[...shallowCommits(repo)].map((oid) => pktLine(`shallow ${oid}\n`)),
    FLUSH,
    ...haves.map((oid) => pktLine(`have ${oid}\n`)),
    pktLine('done\n'),
  ]);
  const { lines, rest } = readPktLines(answer);
  const complaint = lines.find((line) => line.startsWith('ERR '));
  if (complaint !== undefined) throw refused(complaint.slice(4));
  const fetched = await storePack(nodeDisk, repo, rest);
  await requireWhole(repo, wanted, haves, fetched);
}

/** What is behind a ref is never asked for again: a remote that leaves something out must not be believed. */
async function requireWhole(
  repo: Repository,
  wanted: string,
  haves: readonly string[],
  fetched: ReadonlySet<string>,
): Promise<void> {
  try {
    await assertAllThere(repo, wanted, haves, fetched);
  } catch (error) {
    if (codeOf(error) !== 'OBJECT_NOT_FOUND') throw error;
    throw new MavenError('REMOTE_FAILED', 'the remote left out objects of what it sent', {
      hint: 'try again; nothing was changed. If it stays, the remote is damaged (git fsck there)',
      cause: error,
    });
  }
}

/**
 * Pushes a branch over HTTP, without native git: forward only. No hook of this clone is asked.
 *
 * @returns `rejected` when the remote's branch is elsewhere than we know.
 * @throws {@link MavenError} REMOTE_REJECTED for a remote that refuses for a reason of its own; as {@link fetchBranch}.
 */
export async function pushBranch(
  repo: Repository,
  to: RemoteBranch,
  timeoutMs: number,
): Promise<'pushed' | 'up to date' | 'rejected'> {
  const commit = readRef(nodeDisk, repo, to.local);
  if (commit === null) return 'up to date';
  const remote = await openRemote(repo, to, 'git-receive-pack', timeoutMs);
  const there = remote.refs.get(to.branch) ?? null;
  if (there === commit) return 'up to date';
  if (there !== null && !(await isInHistory(repo, there, commit))) return 'rejected';
  const objects = await outgoingObjects(repo, commit, [...new Set(remote.refs.values())]);
  const answer = await remote.ask([
    pktLine(`${there ?? NO_COMMIT} ${commit} ${to.branch}\0 report-status ${AGENT}`),
    FLUSH,
    await formatPack(objects),
  ]);
  const verdict = verdictOf(readPktLines(answer).lines, to);
  if (verdict === 'pushed') await writeTrackingRef(nodeDisk, repo, trackingRef(to), commit);
  return verdict;
}

function verdictOf(lines: readonly string[], { remote, branch }: RemoteBranch): 'pushed' | 'rejected' {
  if (lines.includes(`ok ${branch}`) && lines.includes('unpack ok')) return 'pushed';
  const refusal = lines.find((line) => line.startsWith(`ng ${branch} `))?.slice(`ng ${branch} `.length);
  const unpack = lines.find((line) => line.startsWith('unpack '))?.slice('unpack '.length);
  const why = refusal ?? unpack ?? 'it does not say why';
  // Whoever else pushed in this very moment holds the lock, or has moved the branch.
  if (/non-fast-forward|fetch first|cannot lock ref|failed to (update|lock)|incorrect old value/.test(why))
    return 'rejected';
  throw new MavenError('REMOTE_REJECTED', `the push to ${remote} is refused: ${withoutCredentials(why)}`, {
    hint: 'ask whoever runs the remote; maven-git never forces',
    data: { remote, branch, said: lines },
  });
}

async function openRemote(
  repo: Repository,
  { remote }: RemoteBranch,
  service: HttpService,
  timeoutMs: number,
): Promise<HttpRemote> {
  const urls = urlsOf(repo, remote, service);
  const [url = ''] = urls;
  if (service === 'git-receive-pack' && urls.length > 1) {
    throw new MavenError('REPOSITORY_UNSUPPORTED', `${remote} has ${urls.length} URLs to push to`, {
      hint: 'install git, which pushes to each of them, or leave the remote one',
      data: { remote },
    });
  }
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    throw new MavenError(
      'REPOSITORY_UNSUPPORTED',
      `${remote} is at ${shownUrl(url)}: without native git only http and https can be spoken`,
      { hint: 'install git, or give the remote an https URL', data: { remote } },
    );
  }
  return openHttpRemote(url.replace(/\/+$/, ''), service, timeoutMs);
}

/** Git fetches from the first, and pushes to all. */
function urlsOf(repo: Repository, remote: string, service: HttpService): readonly string[] {
  const config = readRepositoryConfig(nodeDisk, repo);
  const valuesOf = (name: string): readonly string[] =>
    config.flatMap(({ key, value }) => (key === `remote.${remote}.${name}` && value !== null ? [value] : []));
  const pushed = service === 'git-receive-pack' ? valuesOf('pushurl') : [];
  return pushed.length > 0 ? pushed : valuesOf('url');
}

/** In one that cannot be read nobody knows where a password ends. */
function shownUrl(url: string): string {
  return url.includes('://') && !URL.canParse(url) ? 'a malformed URL' : withoutCredentials(url);
}

function refused(why: string): MavenError {
  return new MavenError('REMOTE_FAILED', `the remote refuses: ${withoutCredentials(why).slice(0, 200)}`, {
    hint: 'check the remote, then try again; nothing was changed',
  });
}
