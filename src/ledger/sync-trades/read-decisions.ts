import { ARTIFACTS_ROOT, artifactKind } from '../../../parsers/artifact.js';
import { nameOf, timeInName } from '../../../parsers/artifact-name.js';
import { parseDecision } from '../../../parsers/decision.js';
import { decodeArtifact } from '../../../parsers/text.js';
import { epochMicroseconds } from '../../../parsers/time.js';
import type { CommitBase } from '../../git/commit.js';
import { assetsOfDecision } from './asset-name.js';
import type { LinkableDecision } from './decision-link.js';

/** A file's name may tell local time: zones reach 14 hours, and a day is rounder. */
const NAME_SLACK_MICROSECONDS = 26 * 3600 * 1_000_000;

/**
 * Reads the decisions that trades opened in a span of time may carry out.
 *
 * Only files whose names tell a time near the span are opened, so that ten new trades cost the same beside a hundred
 * decisions and beside twenty thousand.
 *
 * @param known - decisions read before, by path; added to. They hold for one tree.
 */
export async function readDecisions(
  base: CommitBase,
  firstOpenedAt: string,
  lastOpenedAt: string,
  windowMinutes: number,
  known: Map<string, LinkableDecision | null>,
): Promise<readonly LinkableDecision[]> {
  const from = epochMicroseconds(firstOpenedAt) - windowMinutes * 60_000_000 - NAME_SLACK_MICROSECONDS;
  const to = epochMicroseconds(lastOpenedAt) + NAME_SLACK_MICROSECONDS;
  const decisions: LinkableDecision[] = [];
  for (const path of await base.list(`${ARTIFACTS_ROOT}/decisions`)) {
    const named = timeInName(path);
    const time = named === null ? Number.NaN : epochMicroseconds(named);
    if (!(time >= from && time <= to) || artifactKind(path) !== 'decision') continue;
    const decision = known.get(path) ?? (await readDecision(base, path));
    known.set(path, decision);
    if (decision !== null) decisions.push(decision);
  }
  return decisions;
}

async function readDecision(base: CommitBase, path: string): Promise<LinkableDecision | null> {
  const bytes = await base.read(path);
  if (bytes === null) return null;
  const record = parseDecision(decodeArtifact(bytes, path).text, path).records[0]?.record;
  if (record === undefined) return null;
  return { filename: nameOf(path), decidedAt: record.decidedAt, assets: assetsOfDecision(record.asset) };
}
