import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ARTIFACTS_ROOT, type ArtifactKind, artifactKind } from '../../../parsers/artifact.js';
import { packageRoot } from '../../../src/package-root.js';
import { ARTIFACT_TARGETS } from '../../fuzz/targets/artifacts.js';

/** A file to be damaged. */
export interface Material {
  readonly kind: ArtifactKind;
  readonly bytes: Buffer;
}

/** Of a long file this much: ledgers and logs repeat themselves. */
const LONGEST = 8 * 1024;

/** The fixtures, generated records, and the files of the demonstration history. */
export async function material(): Promise<readonly Material[]> {
  const seeds = ARTIFACT_TARGETS.filter(({ name }) => name !== 'transcript').flatMap((target) =>
    target.seeds().map((bytes) => ({ kind: target.name as ArtifactKind, bytes: shorten(bytes) })),
  );
  return [...seeds, ...historyFiles()].filter(({ bytes }) => bytes.length > 0);
}

function historyFiles(): readonly Material[] {
  const root = path.join(packageRoot(), 'fixtures/history');
  return readdirSync(path.join(root, ARTIFACTS_ROOT), { recursive: true, encoding: 'utf8' }).flatMap(
    (name) => {
      const file = `${ARTIFACTS_ROOT}/${name}`;
      const kind = artifactKind(file);
      return kind === null ? [] : [{ kind, bytes: shorten(readFileSync(path.join(root, file))) }];
    },
  );
}

function shorten(bytes: Buffer): Buffer {
  const end = bytes.length <= LONGEST ? -1 : bytes.indexOf(10, LONGEST);
  return end === -1 ? bytes : bytes.subarray(0, end + 1);
}

const DAY_MS = 86_400_000;

/** A place for the n-th file of a kind; those of which there is one have one. */
export function pathFor(kind: ArtifactKind, number: number): string {
  const time = new Date(Date.UTC(2000, 0, 1) + (number % 9000) * DAY_MS).toISOString();
  const [day, month, year] = [time.slice(0, 10), time.slice(0, 7), time.slice(0, 4)];
  const names: Readonly<Record<ArtifactKind, string>> = {
    decision: `decisions/decision_20260114_142408_${(number % 900_000) + 1}.md`,
    insight: `insights/insight_20260114_142408_${(number % 900_000) + 1}.md`,
    milestone: `milestones/milestone_20260114_142408_m${number}.md`,
    conversation: `conversations/c${number}.jsonl`,
    persona: `personas/p${number}.md`,
    state: `state/s${number}.json`,
    identity: 'identity.json',
    infrastructure: 'infrastructure.json',
    session_log: 'session_log.md',
    trades: `trades/${year}/${day}.jsonl`,
    runs: `runs/${year}/${day}.jsonl`,
    flows: `flows/${year}/${month}.jsonl`,
    metrics: `metrics/day/${day}.md`,
    snapshot: `snapshots/${year}/${month.slice(5)}/snapshot_${day.replaceAll('-', '')}T000000Z.json`,
  };
  return `${ARTIFACTS_ROOT}/${names[kind]}`;
}
