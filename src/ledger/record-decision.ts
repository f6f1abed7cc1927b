import { ARTIFACTS_ROOT } from '../../parsers/artifact.js';
import { type DecisionRecord, formatDecision, parseDecision } from '../../parsers/decision.js';
import { formatIdentity, parseIdentity } from '../../parsers/identity.js';
import { incrementCounter } from '../../parsers/merge-json.js';
import { decisionPath } from '../../parsers/paths.js';
import { decodeArtifact } from '../../parsers/text.js';
import type { CommitBase } from '../git/commit.js';
import { freePath } from './free-path.js';
import {
  formatProven,
  inputInvalid,
  optionalText,
  orInputInvalid,
  readMetadata,
  requireText,
  storableText,
  timeOrNow,
} from './input.js';
import { commitJob, type JobDependencies } from './job.js';
import type { Recorded } from './recorded.js';

/** A decision as a caller gives it; all text. */
export interface DecisionInput {
  readonly type?: string | undefined;
  readonly asset?: string | undefined;
  readonly risk?: string | undefined;
  /** Percent, 0 to 100. */
  readonly confidence?: string | undefined;
  readonly action?: string | undefined;
  readonly reasoning?: string | undefined;
  /** A JSON object. */
  readonly metadata?: string | undefined;
  /** When it was decided; now when absent. */
  readonly decidedAt?: string | undefined;
}

const IDENTITY_PATH = `${ARTIFACTS_ROOT}/identity.json`;

/**
 * Records a decision and counts it in `identity.json`, in one commit.
 *
 * @throws {@link MavenError} INPUT_INVALID, ARTIFACTS_NOT_FOUND, and what a commit throws.
 */
export async function recordDecision(dependencies: JobDependencies, input: DecisionInput): Promise<Recorded> {
  const record = decisionOf(input, dependencies.clock);
  let path = '';
  const commit = await commitJob(dependencies, 'record decision', async (base) => {
    path = await freePath(dependencies.repository, base, record, (n) =>
      orInputInvalid('decision', () => decisionPath(record.decidedAt, n)),
    );
    const text = formatProven('decision', record, path, formatDecision, parseDecision);
    const files = new Map([[path, text]]);
    const identity = await countedIdentity(base);
    if (identity !== null) files.set(IDENTITY_PATH, identity);
    return { files, subject: subjectOf(record), records: 1 };
  });
  return { path, commit };
}

/** Checks what was given and makes the record, without reading or writing anything. */
export function decisionOf(input: DecisionInput, clock: () => Date): DecisionRecord {
  return {
    decidedAt: timeOrNow('decided-at', input.decidedAt, clock),
    decisionType: requireText('type', input.type).trim(),
    asset: optionalText(input.asset),
    riskLevel: optionalText(input.risk),
    confidencePct: confidenceOf(input.confidence),
    action: requireText('action', input.action),
    reasoning: storableText('reasoning', input.reasoning ?? ''),
    metadata: readMetadata(input.metadata),
  };
}

/**
 * A number from 0 to 100. `0.82` is refused, because nobody can tell whether 82 % or less than one is meant.
 */
export function confidenceOf(text: string | undefined): string | null {
  const given = optionalText(text);
  if (given === null) return null;
  const digits = given.replace(/\s*%$/, '');
  if (!/^\d{1,3}(\.\d{1,6})?$/.test(digits) || Number(digits) > 100) {
    throw inputInvalid(
      `confidence: expected a percentage from 0 to 100, got ${JSON.stringify(given.slice(0, 32))}`,
    );
  }
  if (Number(digits) > 0 && Number(digits) <= 1) {
    throw inputInvalid(`confidence: ${digits} % looks like a fraction`, 'give it in percent, such as 82');
  }
  return digits.replace(/^0+(?=\d)/, '');
}

async function countedIdentity(base: CommitBase): Promise<string | null> {
  const bytes = await base.read(IDENTITY_PATH);
  if (bytes === null) return null;
  const { records, problems } = parseIdentity(decodeArtifact(bytes, IDENTITY_PATH).text, IDENTITY_PATH);
  const identity = records[0]?.record;
  if (identity === undefined) {
    throw inputInvalid(
      `${IDENTITY_PATH} cannot be read, so the decision cannot be counted: ${problems[0]?.message ?? 'no object in it'}`,
      `correct ${IDENTITY_PATH}, commit it, and run the command again`,
    );
  }
  return formatIdentity({ json: incrementCounter(identity.json, 'total_decisions') });
}

function subjectOf(record: DecisionRecord): string {
  const asset = record.asset === null ? '' : ` ${record.asset}`;
  const confidence = record.confidencePct === null ? '' : ` (confidence ${record.confidencePct})`;
  return `decision: ${record.decisionType}${asset}${confidence}`;
}
