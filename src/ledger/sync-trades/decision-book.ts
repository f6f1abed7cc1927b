import { ARTIFACTS_ROOT, artifactKind } from '../../../parsers/artifact.js';
import { nameOf, timeInName } from '../../../parsers/artifact-name.js';
import { parseDecision } from '../../../parsers/decision.js';
import { decodeArtifact } from '../../../parsers/text.js';
import { civilFromDays, epochMicroseconds } from '../../../parsers/time.js';
import type { CommitBase } from '../../git/commit.js';
import { assetsOfDecision } from './asset-name.js';
import { type DecisionIndex, indexDecisions, type LinkableDecision } from './decision-link.js';

/** The decisions of one tree, read as they are needed. */
export interface DecisionBook {
  /** Decisions that a trade opened on a UTC day may carry out. */
  around(openedAt: string): Promise<DecisionIndex>;
}

const DAY_MICROSECONDS = 86_400_000_000;
/** A file's name may tell local time, and zones reach 14 hours. */
const NAME_SLACK_DAYS = 1;

/**
 * Opens the decisions of a tree.
 *
 * Only files whose names tell a day near the trade's are read, so that ten new trades cost the same beside a hundred
 * decisions and beside twenty thousand; and none is looked for before the first trade asks.
 *
 * @param known - decisions read before, by path; added to. A decision does not change.
 */
export function openDecisionBook(
  base: CommitBase,
  windowMinutes: number,
  known: Map<string, LinkableDecision | null>,
): DecisionBook {
  let listed: Promise<ReadonlyMap<string, readonly string[]>> | null = null;
  let latest: { readonly day: string; readonly index: DecisionIndex } | null = null;
  return {
    async around(openedAt) {
      const day = openedAt.slice(0, 10);
      if (latest?.day === day) return latest.index;
      listed ??= pathsByDay(base);
      const byDay = await listed;
      const paths = daysAround(openedAt, windowMinutes).flatMap((near) => byDay.get(near) ?? []);
      const decisions: LinkableDecision[] = [];
      for (const path of paths) {
        const decision = known.get(path) ?? (await readDecision(base, path));
        known.set(path, decision);
        if (decision !== null) decisions.push(decision);
      }
      latest = { day, index: indexDecisions(decisions) };
      return latest.index;
    },
  };
}

/** Files of decisions by the day that their names tell. */
async function pathsByDay(base: CommitBase): Promise<ReadonlyMap<string, readonly string[]>> {
  const byDay = new Map<string, string[]>();
  for (const path of await base.list(`${ARTIFACTS_ROOT}/decisions`)) {
    const day = artifactKind(path) === 'decision' ? timeInName(path)?.slice(0, 10) : undefined;
    if (day === undefined) continue;
    const paths = byDay.get(day);
    if (paths === undefined) byDay.set(day, [path]);
    else paths.push(path);
  }
  return byDay;
}

function daysAround(openedAt: string, windowMinutes: number): readonly string[] {
  const day = Math.floor(epochMicroseconds(openedAt) / DAY_MICROSECONDS);
  const before = Math.ceil(windowMinutes / 1440) + NAME_SLACK_DAYS;
  const days = Array.from({ length: before + 1 + NAME_SLACK_DAYS }, (_, i) =>
    civilFromDays(day - before + i),
  );
  return days.filter((name) => name !== null);
}

async function readDecision(base: CommitBase, path: string): Promise<LinkableDecision | null> {
  const bytes = await base.read(path);
  if (bytes === null) return null;
  const record = parseDecision(decodeArtifact(bytes, path).text, path).records[0]?.record;
  if (record === undefined) return null;
  return { filename: nameOf(path), decidedAt: record.decidedAt, assets: assetsOfDecision(record.asset) };
}
