import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { foldLedger } from '../../parsers/fold-ledger.js';
import { PROBLEM_CODES, type Problem, type ProblemCode } from '../../parsers/problem.js';
import { decodeArtifact } from '../../parsers/text.js';
import { parseTrades } from '../../parsers/trades.js';
import { PARSERS } from './artifact-parsers.js';

/**
 * Pairs on disk: `<case>.md|json|jsonl` is what stands in a repository, `<case>.expected.json` is the path it stands
 * at and what must be read from it. `UPDATE_FIXTURES=1` writes what is read now; look at the difference.
 */
const ROOT = new URL('../../fixtures/artifacts/', import.meta.url).pathname;

interface Reading {
  readonly expected: Readonly<Record<string, unknown>>;
  readonly codes: readonly ProblemCode[];
}

function readFixture(kind: string, bytes: Buffer, path: string): Reading {
  const decoded = decodeArtifact(bytes, path);
  const parsed = PARSERS[kind]?.(decoded.text, path) ?? { records: [], problems: [] };
  const problems = [...decoded.problems, ...parsed.problems];
  const records = parsed.records.map(({ line, record }) => ({ line, ...shorten(record) }));
  const expected = { path, records, problems: inWords(problems) };
  if (kind !== 'trades') return { expected, codes: problems.map(({ code }) => code) };
  const folded = foldLedger(parseTrades(decoded.text, path).records, path);
  const trades = folded.trades.map(
    ({ key, line, firstRecordedAt }) => `${key} line ${line}, first recorded ${firstRecordedAt}`,
  );
  return {
    expected: { ...expected, fold: { trades, problems: inWords(folded.problems) } },
    codes: [...problems, ...folded.problems].map(({ code }) => code),
  };
}

/** A thousand equal problems say no more than five. */
function inWords(problems: readonly Problem[]): readonly string[] {
  const words = problems.map(
    ({ severity, code, line, message }) => `${severity} ${code} ${line}: ${message}`,
  );
  return words.length > 40
    ? [...words.slice(0, 4), `... ${words.length} problems`, ...words.slice(-1)]
    : words;
}

/** Nobody reads a mebibyte of x. */
function shorten(record: unknown): Record<string, unknown> {
  const entries = Object.entries(record as Record<string, unknown>).map(([key, value]) => [
    key,
    typeof value === 'string' && value.length > 2000 ? `${value.slice(0, 20)}... ${value.length}` : value,
  ]);
  return Object.fromEntries(entries);
}

const cases = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.expected.json'))
  .map((name) => name.slice(0, -'.expected.json'.length))
  .sort();

describe('fixtures', () => {
  const seen = new Set<ProblemCode>();

  it.each(cases)('%s', (name) => {
    const file = join(ROOT, `${name}.expected.json`);
    const { path } = JSON.parse(readFileSync(file, 'utf8')) as { path: string };
    const input = readFileSync(join(ROOT, name + path.slice(path.lastIndexOf('.'))));
    const { expected, codes } = readFixture(name.split('/')[0] ?? '', input, path);
    for (const code of codes) seen.add(code);
    if (process.env.UPDATE_FIXTURES === '1') writeFileSync(file, `${JSON.stringify(expected, null, 2)}\n`);
    expect(expected).toEqual(JSON.parse(readFileSync(file, 'utf8')));
  });

  it('cover every problem code', () => {
    // A fixture of 2 MiB says no more than the unit test of decodeArtifact.
    const elsewhere: readonly ProblemCode[] = ['FILE_TOO_LARGE'];
    expect(PROBLEM_CODES.filter((code) => !seen.has(code) && !elsewhere.includes(code))).toEqual([]);
  });
});
