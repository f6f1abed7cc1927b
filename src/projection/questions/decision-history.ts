import { type DecisionRecord, parseDecision } from '../../../parsers/decision.js';
import { decodeArtifact } from '../../../parsers/text.js';
import { readBlobs } from '../../git/blobs.js';
import { fileHistory } from '../../git/file-history.js';
import type { Repository } from '../../git/repository.js';
import type { Revision } from '../../git/revision.js';
import { type FieldChange, fieldChanges, type RecordFields } from './field-changes.js';
import { type HistoryCommit, historyCommits } from './history-commit.js';

/** One commit that changed a decision's file. */
export interface DecisionChange {
  readonly event: 'created' | 'changed' | 'deleted';
  readonly commit: HistoryCommit | null;
  /** Against the version before; empty when the file was created or deleted, or only its spelling changed. */
  readonly changes: readonly FieldChange[];
  /** The decision as of this commit; null = deleted, or not readable. */
  readonly record: RecordFields | null;
  /** Why this version cannot be read; null = it can. */
  readonly problem: string | null;
}

export interface DecisionHistory {
  readonly kind: 'decision';
  readonly key: string;
  /** HEAD's commit; what is not committed is not seen. */
  readonly revision: string;
  /** False = the clone is shallow, and older commits than those named are not known. */
  readonly complete: boolean;
  /** File name. */
  readonly id: string;
  readonly git_path: string;
  /** Oldest first; none when no commit of HEAD's history has such a file. */
  readonly changes: readonly DecisionChange[];
}

interface Version {
  readonly fields: RecordFields | null;
  readonly problem: string | null;
}

const ABSENT: Version = { fields: null, problem: null };

/** Tells every commit that changed the file of a decision, deleted or not. Reads git only. */
export async function decisionHistory(
  repository: Repository,
  head: Revision,
  path: string,
  key: string,
): Promise<DecisionHistory> {
  const history = await fileHistory(repository, head.commit, path);
  const oids = new Set(history.flatMap(({ oid, before }) => [oid, before].filter((one) => one !== null)));
  const versions = await readVersions(repository, path, oids);
  const commits = await historyCommits(
    repository,
    history.map(({ commit }) => commit),
  );
  const changes = history.map(({ commit, oid, before }): DecisionChange => {
    const now = versions.get(oid ?? '') ?? ABSENT;
    const earlier = versions.get(before ?? '') ?? ABSENT;
    const event = oid === null ? 'deleted' : before === null ? 'created' : 'changed';
    return {
      event,
      commit: commits.get(commit) ?? null,
      changes:
        event === 'changed' && now.fields !== null ? fieldChanges(earlier.fields ?? {}, now.fields) : [],
      record: now.fields,
      problem: now.problem,
    };
  });
  return {
    kind: 'decision',
    key,
    revision: head.commit,
    complete: changes.every(({ commit }) => commit?.or_before !== true),
    id: path.slice(path.lastIndexOf('/') + 1),
    git_path: path,
    changes,
  };
}

async function readVersions(
  repository: Repository,
  path: string,
  oids: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Version>> {
  const versions = new Map<string, Version>();
  const entries = Array.from(oids, (oid) => ({ oid, path }));
  for await (const { entry, bytes } of readBlobs(repository, entries)) {
    const { records, problems } = parseDecision(decodeArtifact(bytes, path).text, path);
    const record = records[0]?.record;
    versions.set(entry.oid, {
      fields: record === undefined ? null : fieldsOf(record),
      problem: record === undefined ? (problems[0]?.message ?? 'no decision in it') : null,
    });
  }
  return versions;
}

function fieldsOf(record: DecisionRecord): RecordFields {
  return {
    decided_at: record.decidedAt,
    decision_type: record.decisionType,
    asset: record.asset,
    risk_level: record.riskLevel,
    confidence_pct: record.confidencePct,
    action: record.action,
    reasoning: record.reasoning,
    metadata: record.metadata,
  };
}
