import { ARTIFACTS_ROOT } from '../../parsers/artifact.js';
import { formatIdentity } from '../../parsers/identity.js';
import { formatSessionLog } from '../../parsers/session-log.js';
import type { ArtifactCommit } from '../git/commit.js';
import { configureMergeDriver, MERGED_BY_RECORD } from '../git/merge-driver.js';
import { nowText } from './input.js';
import { commitAs, type JobDependencies } from './job.js';

export interface Initialized {
  readonly commit: ArtifactCommit | null;
  readonly created: readonly string[];
  /** Files that stood there already and were left as they are. */
  readonly kept: readonly string[];
  /** Whether this clone now knows how to merge records; only native git would ask. */
  readonly mergeDriver: 'configured' | 'no native git';
}

/**
 * Bytes stay as they are committed (LF); what holds many records or figures merges record by record, because a merge by
 * line would keep two states of one trade or glue two records together.
 */
const ATTRIBUTES = `* -text\n${MERGED_BY_RECORD.map((pattern) => `${pattern} merge=maven-records\n`).join('')}`;

/** Makes `.moha/maven` with its first files, in one commit; a file that exists is never touched. */
export async function initialize(dependencies: JobDependencies): Promise<Initialized> {
  const { repository, clock } = dependencies;
  let created: readonly string[] = [];
  let kept: readonly string[] = [];
  const commit = await commitAs(dependencies, 'init', async (base) => {
    const standing = new Set(await base.list(`${ARTIFACTS_ROOT}/`));
    const wanted = firstFiles(nowText(clock));
    created = [...wanted.keys()].filter((path) => !standing.has(path));
    kept = [...wanted.keys()].filter((path) => standing.has(path));
    if (created.length === 0) return null;
    const files = new Map([...wanted].filter(([path]) => !standing.has(path)));
    return { files, subject: 'init: maven memory', records: files.size };
  });
  const configured = await configureMergeDriver(repository);
  return { commit, created, kept, mergeDriver: configured ? 'configured' : 'no native git' };
}

function firstFiles(now: string): ReadonlyMap<string, string> {
  const identity = { name: 'Maven', role: 'CFO', created_at: now, total_decisions: 0 };
  const started = {
    occurredAt: now,
    eventType: 'INITIALIZED',
    text: 'maven-git made this memory. Everything Maven records from here on is a commit.',
    metadata: null,
  };
  return new Map([
    [`${ARTIFACTS_ROOT}/.gitattributes`, ATTRIBUTES],
    [`${ARTIFACTS_ROOT}/identity.json`, formatIdentity({ json: JSON.stringify(identity) })],
    [`${ARTIFACTS_ROOT}/session_log.md`, formatSessionLog([started])],
  ]);
}
