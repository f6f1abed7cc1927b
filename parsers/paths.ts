import { ARTIFACTS_ROOT, artifactKind } from './artifact.js';
import type { MetricsPeriod } from './canonical-metrics.js';
import { InvalidRecordError } from './invalid-record-error.js';
import { isCanonicalTime } from './time.js';

/**
 * Names the file of a decision.
 *
 * @param n - 0 = plain name; 1, 2, ... = `_1`, `_2`, for decisions of one second.
 */
export function decisionPath(decidedAt: string, n = 0): string {
  return artifactPath(`decisions/decision_${stamp('decidedAt', decidedAt)}${suffix(n)}.md`, 'decidedAt');
}

/** Names the file of a milestone, after its second and title. */
export function milestonePath(achievedAt: string, title: string): string {
  return artifactPath(
    `milestones/milestone_${stamp('achievedAt', achievedAt)}_${slug(title)}.md`,
    'achievedAt',
  );
}

/** Names the file of an insight; `n` as in {@link decisionPath}. */
export function insightPath(observedAt: string, n = 0): string {
  return artifactPath(`insights/insight_${stamp('observedAt', observedAt)}${suffix(n)}.md`, 'observedAt');
}

/** @throws {@link InvalidRecordError} when the id does not fit a file name; {@link slug} makes one that does. */
export function conversationPath(conversationId: string): string {
  return namedPath('conversationId', 'conversations', conversationId, 'jsonl');
}

/** Names the file of a persona. */
export function personaPath(name: string): string {
  return namedPath('name', 'personas', name, 'md');
}

/** Names the ledger file of a trade: by the UTC day on which it was opened, as its first revision says. */
export function tradesPath(openedAt: string): string {
  requireTime('openedAt', openedAt);
  return artifactPath(`trades/${openedAt.slice(0, 4)}/${openedAt.slice(0, 10)}.jsonl`, 'openedAt');
}

/** Names the file of a flow: by its UTC month. */
export function flowsPath(occurredAt: string): string {
  requireTime('occurredAt', occurredAt);
  return artifactPath(`flows/${occurredAt.slice(0, 4)}/${occurredAt.slice(0, 7)}.jsonl`, 'occurredAt');
}

/** Names the file of a run's commit: by its UTC day. */
export function runsPath(recordedAt: string): string {
  requireTime('recordedAt', recordedAt);
  return artifactPath(`runs/${recordedAt.slice(0, 4)}/${recordedAt.slice(0, 10)}.jsonl`, 'recordedAt');
}

/** Names the file of a snapshot: by its second. */
export function snapshotPath(snapshotAt: string): string {
  const [day, clock] = stamp('snapshotAt', snapshotAt).split('_');
  const folder = `${snapshotAt.slice(0, 4)}/${snapshotAt.slice(5, 7)}`;
  return artifactPath(`snapshots/${folder}/snapshot_${day}T${clock}Z.json`, 'snapshotAt');
}

/** @param label - `2026-01-14T15`, `2026-01-14`, `2026-W03`, `2026-01` or `all_time`, as the period has it. */
export function metricsPath(period: MetricsPeriod, label: string): string {
  return artifactPath(`metrics/${period}/${label}.md`, 'label');
}

/** @param source - upstream, with its epoch where it has one: `moha`, `moha@2`. */
export function statePath(source: string): string {
  return namedPath('source', 'state', source, 'json');
}

const MAX_SLUG_LENGTH = 64;
const DEVICE_NAME = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:$|[.-])/i;

/**
 * Makes a name for a file out of any text.
 *
 * @returns ASCII `a-z0-9-`, 1 to 64 characters, no `-` at either end, no device name of Windows.
 */
export function slug(text: string): string {
  const ascii = text
    .slice(0, 1024)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_SLUG_LENGTH + 1)
    .replace(/^-/, '')
    .slice(0, MAX_SLUG_LENGTH)
    .replace(/-$/, '');
  if (ascii === '') return 'untitled';
  return DEVICE_NAME.test(ascii) ? `x-${ascii}`.slice(0, MAX_SLUG_LENGTH).replace(/-$/, '') : ascii;
}

function namedPath(field: string, folder: string, name: string, extension: string): string {
  if (DEVICE_NAME.test(name) || name.endsWith('.'))
    throw new InvalidRecordError(field, 'a name fit for a file');
  return artifactPath(`${folder}/${name}.${extension}`, field);
}

/** Every path made here must be one that {@link artifactKind} knows: whatever is odd, traversal first, stops here. */
function artifactPath(inside: string, field: string): string {
  const path = `${ARTIFACTS_ROOT}/${inside}`;
  if (artifactKind(path) === null) throw new InvalidRecordError(field, 'a value fit for a file name');
  return path;
}

/** `20260114_142408` */
function stamp(field: string, time: string): string {
  requireTime(field, time);
  return `${time.slice(0, 10).replaceAll('-', '')}_${time.slice(11, 19).replaceAll(':', '')}`;
}

function requireTime(field: string, time: string): void {
  if (!isCanonicalTime(time)) throw new InvalidRecordError(field, 'a canonical UTC time');
}

function suffix(n: number): string {
  return n === 0 ? '' : `_${n}`;
}
