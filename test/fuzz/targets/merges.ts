import { InvalidRecordError } from '../../../parsers/invalid-record-error.js';
import { isJsonText } from '../../../parsers/json-text.js';
import { mergeJson } from '../../../parsers/merge-json.js';
import { type MergeKind, mergeRecords } from '../../../parsers/merge-records.js';
import { formatRun } from '../../../parsers/runs.js';
import { decodeArtifact } from '../../../parsers/text.js';
import { MavenError } from '../../../src/errors.js';
import { mergeArtifact } from '../../../src/merge-artifact.js';
import * as records from '../../arbitraries/records.js';
import { type FuzzTarget, must } from '../target.js';
import { fixturesOf, generated } from './artifacts.js';

/** Between the three versions of an input. */
const CUT = '%%%%\n';

interface Versions {
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
}

function versionsOf(bytes: Buffer, path: string): Versions {
  const [base = '', ours = '', ...theirs] = decodeArtifact(bytes, path).text.split(CUT);
  return { base, ours, theirs: theirs.join(CUT) };
}

/** Two versions that grew out of one, from each fixture of a kind. */
function grown(kind: string, files = fixturesOf(kind)): readonly Buffer[] {
  return files.map((bytes) => {
    const lines = bytes.toString('utf8').split('\n');
    const third = Math.ceil(lines.length / 3);
    const [start, middle, end] = [0, 1, 2].map((part) =>
      lines.slice(part * third, (part + 1) * third).join('\n'),
    );
    return Buffer.from(`${start}\n${CUT}${start}\n${middle}\n${CUT}${start}\n${end}\n`);
  });
}

/** But for the space around them, which a merge of whole parts may take or leave. */
const linesIn = (text: string): ReadonlySet<string> =>
  new Set(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  );

function mustHold(merged: string, lines: Iterable<string>, whose: string): void {
  const there = linesIn(merged);
  for (const line of lines) must(there.has(line), `a line of ${whose} is lost`);
}

const PATHS: Readonly<Record<MergeKind, string>> = {
  trades: '.moha/maven/trades/2026/2026-01-14.jsonl',
  flows: '.moha/maven/flows/2026/2026-01.jsonl',
  conversation: '.moha/maven/conversations/session-1.jsonl',
  runs: '.moha/maven/runs/2026/2026-01-14.jsonl',
  session_log: '.moha/maven/session_log.md',
};

/** No line that one side has is lost, the base's own only where both took it back; who merges whom changes nothing. */
function checkLines(kind: MergeKind, { base, ours, theirs }: Versions): void {
  const merged = mergeRecords(kind, base, ours, theirs);
  mustHold(merged.text, linesIn(ours), 'ours');
  mustHold(merged.text, linesIn(theirs), 'theirs');
  const other = mergeRecords(kind, base, theirs, ours);
  must(merged.conflicts.length === other.conflicts.length, 'conflicts depend on who merges whom');
  if (merged.conflicts.length === 0 && !sameLines(ours, theirs))
    must(merged.text === other.text, 'the result depends on who merges whom');
  const again = mergeRecords(kind, base, merged.text, merged.text);
  must(again.text === merged.text, 'merging the merged changes it');
}

/** The same lines in another order: each keeps its own. */
function sameLines(ours: string, theirs: string): boolean {
  const sorted = (text: string): string =>
    [...text.split('\n')]
      .filter((line) => line.trim() !== '')
      .sort()
      .join('\n');
  return sorted(ours) === sorted(theirs);
}

/** In the log, where events may be moved away, what one side took back goes; what it added stays. */
function checkLog({ base, ours, theirs }: Versions): void {
  const merged = mergeRecords('session_log', base, ours, theirs);
  const before = linesIn(base);
  const added = (text: string): readonly string[] => [...linesIn(text)].filter((line) => !before.has(line));
  mustHold(merged.text, added(ours), 'ours');
  mustHold(merged.text, added(theirs), 'theirs');
  const other = mergeRecords('session_log', base, theirs, ours);
  must(merged.conflicts.length === other.conflicts.length, 'conflicts depend on who merges whom');
}

/** The one kind that has no fixtures. */
const runs = (): readonly Buffer[] => generated(records.runs(), (all) => all.map(formatRun).join(''));

function lineTarget(kind: MergeKind): FuzzTarget {
  return {
    name: `merge-${kind}`,
    extension: 'txt',
    seeds: () => (kind === 'runs' ? grown(kind, runs()) : grown(kind)),
    check: (bytes) => {
      const versions = versionsOf(bytes, PATHS[kind]);
      if (kind === 'session_log') checkLog(versions);
      else checkLines(kind, versions);
    },
  };
}

/** Files that are merged as a whole: a result or a refusal by name, and the same whoever merges whom. */
function documentTarget(kind: string, path: string): FuzzTarget {
  return {
    name: `merge-${kind}`,
    extension: 'txt',
    seeds: () => grown(kind).concat(grownTwice(kind)),
    check: async (bytes) => {
      const { base, ours, theirs } = versionsOf(bytes, path);
      const merged = await attempt(() => mergeArtifact(path, base, ours, theirs));
      const other = await attempt(() => mergeArtifact(path, base, theirs, ours));
      must((merged === null) === (other === null), 'a refusal depends on who merges whom');
      if (merged === null || other === null) return;
      must(merged.conflicts.length === other.conflicts.length, 'conflicts depend on who merges whom');
      if (merged.conflicts.length === 0)
        must(merged.text === other.text, 'the result depends on who merges whom');
      if (merged.conflicts.length > 0) {
        mustHold(merged.text, linesIn(ours), 'ours');
        mustHold(merged.text, linesIn(theirs), 'theirs');
      }
    },
  };
}

/** A document, and the same twice with one value changed. */
function grownTwice(kind: string): readonly Buffer[] {
  return fixturesOf(kind).map((bytes) => {
    const text = bytes.toString('utf8');
    return Buffer.from([text, text.replace(/\d/, '8'), text.replace(/\d(?=\D*$)/, '9')].join(CUT));
  });
}

async function attempt<T>(run: () => Promise<T>): Promise<T | null> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof MavenError || error instanceof InvalidRecordError) return null;
    throw error;
  }
}

export const MERGE_TARGETS: readonly FuzzTarget[] = [
  lineTarget('trades'),
  lineTarget('flows'),
  lineTarget('conversation'),
  lineTarget('runs'),
  lineTarget('session_log'),
  documentTarget('identity', '.moha/maven/identity.json'),
  documentTarget('state', '.moha/maven/state/moha.json'),
  documentTarget('snapshot', '.moha/maven/snapshots/2026/01/snapshot_20260114T142408Z.json'),
  documentTarget('metrics', '.moha/maven/metrics/day/2026-01-14.md'),
  {
    name: 'merge-json',
    extension: 'txt',
    seeds: () => grown('identity').concat(grownTwice('identity')),
    check: (bytes) => {
      const [base = '', patch = ''] = bytes.toString('utf8').split(CUT);
      try {
        must(isJsonText(mergeJson(base, patch)), 'a merged object that no record may hold');
      } catch (error) {
        if (!(error instanceof InvalidRecordError)) throw error;
      }
      must(({} as { polluted?: unknown }).polluted === undefined, 'a prototype was changed');
    },
  },
];
