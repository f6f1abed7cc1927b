import { ARTIFACTS_ROOT } from '../../parsers/artifact.js';
import { formatIdentity, parseIdentity } from '../../parsers/identity.js';
import { readJsonObject } from '../../parsers/json-text.js';
import { mergeJson } from '../../parsers/merge-json.js';
import { decodeArtifact } from '../../parsers/text.js';
import { formatProven, inputInvalid, orInputInvalid, requireText } from './input.js';
import { commitJob, type JobDependencies } from './job.js';
import type { Recorded } from './recorded.js';

/** What a caller wants changed in the identity; all text. */
export interface IdentityInput {
  /** A JSON object that is merged into `identity.json`: objects by key, everything else replaced. */
  readonly patch?: string | undefined;
}

const IDENTITY_PATH = `${ARTIFACTS_ROOT}/identity.json`;

/**
 * Merges a JSON object into `identity.json`. Keys that it does not name stay, in their order; null is written as null,
 * nothing is ever deleted. A patch that changes nothing makes no commit.
 *
 * @throws {@link MavenError} INPUT_INVALID, also for keys that reach prototypes in careless readers (`__proto__`,
 *   `constructor`, `prototype`) at any depth, and where `identity.json` itself cannot be read; ARTIFACTS_NOT_FOUND, and
 *   what a commit throws.
 */
export async function updateIdentity(dependencies: JobDependencies, input: IdentityInput): Promise<Recorded> {
  const reading = readJsonObject(requireText('patch', input.patch));
  if ('fault' in reading)
    throw inputInvalid(`patch is not a JSON object that can be kept: ${reading.fault.message}`);
  const patch = reading.json;
  const commit = await commitJob(dependencies, 'record identity', async (base) => {
    const bytes = await base.read(IDENTITY_PATH);
    const before = bytes === null ? '{}' : standingJson(bytes);
    const json = orInputInvalid('identity', () => mergeJson(before, patch));
    if (bytes !== null && json === before) return null;
    const text = formatProven('identity', { json }, IDENTITY_PATH, formatIdentity, parseIdentity);
    return { files: new Map([[IDENTITY_PATH, text]]), subject: 'identity: update', records: 1 };
  });
  return { path: IDENTITY_PATH, commit };
}

function standingJson(bytes: Buffer): string {
  const { records, problems } = parseIdentity(decodeArtifact(bytes, IDENTITY_PATH).text, IDENTITY_PATH);
  const [standing] = records;
  if (standing !== undefined) return standing.record.json;
  throw inputInvalid(
    `${IDENTITY_PATH} cannot be read, so nothing can be merged into it: ${problems[0]?.message ?? 'no object in it'}`,
    `correct ${IDENTITY_PATH}, commit it, and run the command again`,
  );
}
