import { existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as parsers from '../../parsers/index.js';
import { PARSERS } from './artifact-parsers.js';

/**
 * Files made to break their reader. Every parser reads every one of them, whatever it is meant for: none throws, none
 * takes a second, none runs what it reads, none leaves a trace on a prototype.
 */
const KIB = 1024;
const SIZE = 64 * KIB;
const MARK = join(tmpdir(), `maven-hostile-${process.pid}`);
const CODE = `require('node:fs').writeFileSync(${JSON.stringify(MARK)}, 'x')`;

const fill = (unit: string, length = SIZE): string => unit.repeat(Math.ceil(length / unit.length));

/** A text in a decision, an event and a milestone, as a careless program would have written it. */
const around = (text: string): Readonly<Record<string, string>> => ({
  decision: `# Decision Record\n\n**Timestamp:** 2026-01-14T14:24:08Z\n**Type:** x\n\n## Action\n\n${text}\n\n## Reasoning\n\n${text}\n\n## Metadata\n\n\`\`\`json\n{}\n\`\`\`\n\n---\n*Recorded by Maven*\n`,
  session_log: `# Log\n\n## [2026-01-14T14:24:08Z] X\n\n${text}\n\n**Metadata:** {}\n\n---\n`,
  milestone: `---\nv: 1\ntitle: x\nnote: ${text}\n---\n\n${text}\n`,
});

const UNITS: Readonly<Record<string, string>> = {
  spaces: ' ',
  tabs: '\t',
  newlines: '\n',
  'blank lines': ' \n',
  'carriage returns': '\r',
  NUL: '\0',
  'unpaired surrogates': '\ud800',
  emoji: '🚀',
  backticks: '`',
  fences: '```\n',
  'json fences': '```json\n',
  'growing fences': Array.from({ length: 40 }, (_, n) => `${'`'.repeat(43 - n)}\n`).join(''),
  stars: '*',
  'bold labels': '**A:** b\n',
  'open labels': '**A',
  rules: '---\n',
  underlines: 'a\n===\n',
  headings: '## Metadata\n',
  'event headings': '## [2026-01-14T14:24:08Z] X\n',
  'metadata lines': '**Metadata:** {\n',
  quotes: '>',
  'quote lines': '> \n',
  'nested quotes': `${'>'.repeat(11)}x\n`,
  'nested lists': '- - - x\n',
  'deep lists': '- \n  ',
  'numbered lists': '1. 1. 1. ',
  'numbered list lines': '1. 1. 1. x\n',
  'list ladder': Array.from({ length: 20 }, (_, n) => `${' '.repeat(n)}- x\n`).join(''),
  brackets: '[',
  braces: '{"a":',
  'flow yaml': '[{a: ',
  'block yaml': '- ',
  anchors: '&a *a ',
  'yaml keys': 'a: b\n',
  'yaml questions': '? ',
  'yaml tags': '!!x ',
  html: '<!--',
  tags: '<div>\n',
  backslashes: '\\',
  ampersands: '&amp;',
  entities: '&#x0;',
  quotation: '"',
  'escaped quotes': '\\"',
  digits: '9',
  decimals: '1.',
  'conflict markers': '<<<<<<< a\n',
  'ansi escapes': '\x1b[2J',
};

const DOCUMENTS: Readonly<Record<string, string>> = {
  'javascript front matter': `---js\n${CODE}\n---\n`,
  'javascript front matter, spaced': `--- javascript\n${CODE}\n---\n`,
  'javascript front matter after a mark': `\ufeff---js\n${CODE}\n---\n`,
  'javascript tag': `---\ntitle: !!js/function "function () { ${CODE.replaceAll('"', "'")} }"\n---\n`,
  'coffee front matter': `---coffee\n${CODE}\n---\n`,
  'json front matter': '---json\n{"__proto__": {"polluted": 1}}\n---\n',
  'alias bomb': `---\n${Array.from({ length: 26 }, (_, n) => `a${n}: &a${n} [${n === 0 ? 'x' : `*a${n - 1},`.repeat(9)}]`).join('\n')}\n---\n`,
  'yaml merge':
    '---\n__proto__:\n  polluted: 1\n<<: {polluted: 1}\nconstructor: {prototype: {polluted: 1}}\n---\n',
  'deep json': `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
  'deep json array': `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
  'deep metadata': `{"v":1,"metadata":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
  prototype: '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
  'many keys': `{${Array.from({ length: 20_000 }, (_, n) => `"k${n}":${n}`).join(',')}}`,
  'one key twice, often': `{${Array.from({ length: 20_000 }, () => '"a":1').join(',')}}`,
  'objects with keys twice': `{"positions":[${fill('{"a":1,"a":2},', SIZE)}{}]}`,
  'huge number': `{"v":1,"state":{"a":${fill('9')}},"n":1e400000}`,
  'huge string': `{"v":1,"source":"${fill('x', 4096 * KIB)}"}`,
  'huge line': fill('word ', 4096 * KIB),
  'many lines': fill('{"v":1}\n', 1024 * KIB),
  'many bad lines': fill('x\n', 512 * KIB),
  'many values': `[${fill('1,', 2048 * KIB)}1]`,
  'many arrays': `{"a":[${fill('[],', 2048 * KIB)}1]}`,
  'not utf-8, as text': fill('\ufffd'),
};

const LIMIT_MS = 1000;

/** Time of this process, which a busy machine does not stretch. */
function cpuMs(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** @returns what took too long, with its time. */
function readAll(text: string, kinds = Object.keys(PARSERS)): string[] {
  const slow: string[] = [];
  for (const kind of kinds) {
    const parse = PARSERS[kind] ?? parsers.parsePersona;
    const start = process.cpuUsage();
    const { records, problems } = parse(text, `.moha/maven/${kind}`);
    const ms = cpuMs(start);
    expect(problems.length).toBeLessThanOrEqual(1001);
    expect(Array.isArray(records)).toBe(true);
    if (ms > LIMIT_MS) slow.push(`${kind}: ${Math.round(ms)} ms`);
  }
  return slow;
}

function expectNoTrace(): void {
  expect(existsSync(MARK)).toBe(false);
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect('polluted' in {}).toBe(false);
}

describe('hostile files', () => {
  it.each(Object.entries(UNITS))('a file full of %s', (_, unit) => {
    expect(readAll(fill(unit))).toEqual([]);
    // Short enough for a markdown parser to be asked, which is where its quadratic time would show.
    for (const size of [7 * KIB, 15 * KIB, SIZE]) {
      for (const [kind, text] of Object.entries(around(fill(unit, size)))) {
        expect(readAll(text, [kind])).toEqual([]);
      }
    }
    expectNoTrace();
  });

  it.each(Object.entries(DOCUMENTS))('%s', (_, text) => {
    expect(readAll(text)).toEqual([]);
    expectNoTrace();
    rmSync(MARK, { force: true });
  });

  it.each(Object.entries(UNITS))('the bytes of a file full of %s', (_, unit) => {
    const bytes = new TextEncoder().encode(fill(unit, 1024 * KIB));
    const start = process.cpuUsage();
    parsers.decodeArtifact(bytes, '.moha/maven/session_log.md');
    expect(cpuMs(start)).toBeLessThan(LIMIT_MS);
  });

  it('bytes that are no text at all', () => {
    const noise = Uint8Array.from({ length: 512 * KIB }, (_, index) => (index * 7919 + (index >> 3)) % 256);
    const { text, problems } = parsers.decodeArtifact(noise, '.moha/maven/session_log.md');
    expect(problems.some(({ code }) => code === 'INVALID_UTF8')).toBe(true);
    expect(readAll(text)).toEqual([]);
  });
});
