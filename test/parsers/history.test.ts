import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { artifactKind, isIgnoredPath } from '../../parsers/artifact.js';
import type { Problem } from '../../parsers/index.js';
import * as parsers from '../../parsers/index.js';
import { makeHistory } from '../tools/history/history.js';
import { ARTIFACT_PARSERS } from './artifact-parsers.js';

const PROJECT = new URL('../../', import.meta.url).pathname;

function filesIn(folder: string): ReadonlyMap<string, Buffer> {
  const entries = readdirSync(join(folder, '.moha'), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(files.map((file) => [file.slice(folder.length).replace(/^\//, ''), readFileSync(file)]));
}

interface Reading {
  readonly counts: Readonly<Record<string, number>>;
  readonly problems: readonly Problem[];
  readonly decisions: ReadonlySet<string>;
  readonly links: ReadonlySet<string>;
}

function readAll(files: ReadonlyMap<string, Buffer>): Reading {
  const counts: Record<string, number> = {};
  const problems: Problem[] = [];
  const decisions = new Set<string>();
  const links = new Set<string>();
  for (const [path, bytes] of files) {
    if (isIgnoredPath(path)) continue;
    const kind = artifactKind(path);
    expect(kind, path).not.toBeNull();
    if (kind === null) continue;
    const { text, problems: faults } = parsers.decodeArtifact(bytes, path);
    const parsed = ARTIFACT_PARSERS[kind](text, path);
    problems.push(...faults, ...parsed.problems);
    counts[kind] = (counts[kind] ?? 0) + parsed.records.length;
    if (kind === 'decision') decisions.add(path.slice(path.lastIndexOf('/') + 1));
    if (kind !== 'trades') continue;
    const ledger = parsers.parseTrades(text, path);
    const folded = parsers.foldLedger(ledger.records, path);
    problems.push(...folded.problems);
    counts.trades_folded = (counts.trades_folded ?? 0) + folded.trades.length;
    for (const { record } of folded.trades) if (record.decision !== null) links.add(record.decision);
  }
  return { counts, problems, decisions, links };
}

describe('fixtures/history', () => {
  const files = filesIn(join(PROJECT, 'fixtures', 'history'));

  it('is what the generator makes, twice', () => {
    const made = makeHistory();
    expect([...makeHistory()]).toEqual([...made]);
    expect([...files.keys()].sort()).toEqual([...made.keys()].sort());
    for (const [path, text] of made) expect(files.get(path)?.toString('utf8'), path).toBe(text);
  });

  it('reads without errors, with the quirks of age as warnings, and its links lead somewhere', () => {
    const { counts, problems, decisions, links } = readAll(files);
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(new Set(problems.map(({ code }) => code))).toEqual(
      new Set(['CONFIDENCE_SUSPECT', 'EVENT_IN_FENCE', 'LEGACY_FORMAT', 'TIME_ZONE_MISSING']),
    );
    expect(counts).toMatchObject({
      decision: 150,
      session_log: 400,
      milestone: 8,
      insight: 12,
      trades: 1198,
      trades_folded: 600,
      snapshot: 211,
      flows: 4,
      metrics: 4,
      identity: 1,
      infrastructure: 1,
      persona: 1,
      state: 2,
    });
    expect(links.size).toBeGreaterThan(40);
    expect([...links].filter((name) => !decisions.has(name))).toEqual([]);
    const identity = files.get('.moha/maven/identity.json')?.toString('utf8') ?? '{}';
    expect(JSON.parse(identity)).toMatchObject({ total_decisions: decisions.size });
  });

  it('is small', () => {
    const bytes = [...files.values()].reduce((total, file) => total + file.length, 0);
    expect(bytes).toBeLessThan(2 * 1024 * 1024);
  });
});

describe("this repository's own artifacts", () => {
  it('read without a problem', () => {
    const { counts, problems } = readAll(filesIn(PROJECT));
    expect(problems).toEqual([]);
    expect(counts).toMatchObject({ identity: 1, infrastructure: 1, persona: 1 });
    expect(counts.decision).toBeGreaterThanOrEqual(1);
    expect(counts.session_log).toBeGreaterThanOrEqual(1);
  });
});
