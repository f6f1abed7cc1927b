import { artifactKind } from '../../../parsers/artifact.js';
import { isCanonicalDecimal, readDecimal } from '../../../parsers/decimal.js';
import {
  addDecimals,
  compareDecimals,
  multiplyDecimals,
  roundDecimal,
  subtractDecimals,
} from '../../../parsers/decimal-arithmetic.js';
import { readJson } from '../../../parsers/json-node.js';
import { compactJson, isJsonText, prettyJson, readJsonObject } from '../../../parsers/json-text.js';
import { MAX_JSON_READ_DEPTH, MAX_JSON_READ_VALUES } from '../../../parsers/limits.js';
import { slug } from '../../../parsers/paths.js';
import { epochMicroseconds, isCanonicalTime, readTime } from '../../../parsers/time.js';
import { MavenError } from '../../../src/errors.js';
import { assertArtifactPath } from '../../../src/git/artifact-path.js';
import { type FuzzTarget, must } from '../target.js';
import { fixturesOf } from './artifacts.js';

/** What the engine's own reader makes of a text. @returns undefined = it refuses. */
function engineReads(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads the same JSON as the engine, within the limits. */
function checkJson(bytes: Buffer): void {
  const text = bytes.toString('utf8');
  const node = readJson(text);
  const value = engineReads(text);
  if (node.kind === 'fault') {
    must(
      value === undefined || /values|deep|nest/i.test(node.message),
      `valid JSON refused: ${node.message}`,
    );
    return;
  }
  must(value !== undefined, 'read as JSON what is none');
  const compact = compactJson(node);
  if (!compact.includes('too deep') && !hasDeep(node))
    must(JSON.stringify(JSON.parse(compact)) === JSON.stringify(value), 'read another value than the engine');
  const object = readJsonObject(text);
  if ('fault' in object) return;
  must(isJsonText(object.json), 'a canonical text that is not canonical');
  const pretty = readJsonObject(prettyJson(object.json));
  must('json' in pretty && pretty.json === object.json, 'pretty text reads back as another object');
}

function hasDeep(node: ReturnType<typeof readJson>): boolean {
  if (node.kind === 'array') return node.items.some(hasDeep);
  if (node.kind === 'object') return node.entries.some(({ value }) => hasDeep(value));
  return node.kind === 'too_deep';
}

function checkTime(bytes: Buffer): void {
  const text = bytes.toString('utf8');
  const reading = readTime(text);
  if (isCanonicalTime(text)) must(reading?.time === text, 'a canonical time is read as another');
  if (reading === null) return;
  must(isCanonicalTime(reading.time), 'read a time that is not canonical');
  const micro = epochMicroseconds(reading.time);
  // The engine knows milliseconds (it reads ten digits of a fraction wrongly), and no comma, space or lack of seconds.
  const iso = text
    .trim()
    .replace(' ', 'T')
    .replace(/ /g, '')
    .replace(',', '.')
    .replace(/(\.\d{3})\d+/, '$1')
    .toUpperCase();
  const engine = Date.parse(/(?:Z|[+-]\d\d(?::?\d\d)?)$/.test(iso.slice(10)) ? iso : `${iso}Z`);
  // Microseconds of a number are exact until 2255.
  if (!Number.isNaN(engine) && Number.isSafeInteger(micro))
    must(Math.floor(micro / 1000) === engine, 'the engine reads another moment');
}

/** Exact arithmetic against whole numbers of 10^-18. */
function checkDecimals(bytes: Buffer): void {
  const [left, right] = bytes
    .toString('utf8')
    .split('\n')
    .map((text) => readDecimal(text));
  for (const one of [left, right])
    if (one !== null && one !== undefined)
      must(isCanonicalDecimal(one), 'read a decimal that is not canonical');
  if (left === null || left === undefined || right === null || right === undefined) return;
  const [a, b] = [units(left, 18), units(right, 18)];
  must(units(addDecimals(left, right), 18) === a + b, 'a wrong sum');
  must(units(subtractDecimals(left, right), 18) === a - b, 'a wrong difference');
  must(units(multiplyDecimals(left, right), 36) === a * b, 'a wrong product');
  must(Math.sign(compareDecimals(left, right)) === (a < b ? -1 : a > b ? 1 : 0), 'a wrong order');
  const cents = units(roundDecimal(left, 2), 2);
  const [magnitude, unit] = [a < 0n ? -a : a, 10n ** 16n];
  const rounded = (magnitude + unit / 2n) / unit;
  must(cents === (a < 0n ? -rounded : rounded), 'wrongly rounded');
}

function units(decimal: string, places: number): bigint {
  const [whole = '', fraction = ''] = decimal.replace('-', '').split('.');
  must(/^\d+$/.test(whole) && /^\d*$/.test(fraction), `${decimal} is no decimal`);
  must(fraction.length <= places || /^0*$/.test(fraction.slice(places)), 'more places than there can be');
  const value = BigInt(whole + fraction.slice(0, places).padEnd(places, '0'));
  return decimal.startsWith('-') ? -value : value;
}

/** A path that counts as an artifact, or may be written, stays below the folder on every system. */
function checkPath(bytes: Buffer): void {
  const text = bytes.toString('utf8');
  const inside = /^\.moha\/maven\/(?!.*(?:^|\/)\.{1,2}(?:\/|$))[^\0-\x1f\\]+$/;
  if (artifactKind(text) !== null) must(inside.test(text), 'an artifact outside its folder');
  try {
    assertArtifactPath(text);
    must(
      inside.test(text) && !/(?:^|\/)\.git(?:\/|$)/i.test(text),
      'a path that may be written, outside the folder',
    );
  } catch (error) {
    if (!(error instanceof MavenError)) throw error;
  }
  const made = slug(text);
  must(/^[a-z0-9-]{0,64}$/.test(made) && !/^(?:con|prn|aux|nul|com\d|lpt\d)$/.test(made), `slug ${made}`);
}

const texts = (...all: readonly string[]): readonly Buffer[] => all.map((text) => Buffer.from(text));

export const VALUE_TARGETS: readonly FuzzTarget[] = [
  {
    name: 'json',
    extension: 'json',
    seeds: () => [
      ...fixturesOf('identity'),
      ...fixturesOf('state'),
      ...texts('[1e5,-0,"\\u00e9\\ud83d\\ude80"]'),
    ],
    check: (bytes) => {
      // Past the bounds of what is read at all, the engine and this reader may differ.
      const brackets = bytes.filter((byte) => byte === 0x5b || byte === 0x7b).length;
      if (brackets < MAX_JSON_READ_DEPTH && bytes.length < MAX_JSON_READ_VALUES) checkJson(bytes);
      else readJson(bytes.toString('utf8'));
    },
  },
  {
    name: 'time',
    extension: 'txt',
    seeds: () =>
      texts(
        '2026-01-14T14:24:08.034126+00:00',
        '2026-01-14 14:24',
        '0001-01-01T00:00:00Z',
        '9999-12-31T23:59:59.999999999-15:59',
        '2024-02-29t01:02:03,5 +0530',
      ),
    check: checkTime,
  },
  {
    name: 'decimal',
    extension: 'txt',
    seeds: () =>
      texts('1.50\n-0.000000000000000001', '-99999999999999999999.5\n007', '0.005\n-0.015', '2.675\n+1'),
    check: checkDecimals,
  },
  {
    name: 'path',
    extension: 'txt',
    seeds: () =>
      texts(
        '.moha/maven/decisions/decision_20260114_142408.md',
        '.moha/maven/trades/2026/2026-01-14.jsonl',
        '.moha/maven/personas/../../x.md',
        '.moha/maven/state/moha@2.json',
        '.moha/maven/metrics/week/2026-W03.md',
      ),
    check: checkPath,
  },
];
