import matter from 'gray-matter';
import { isAlias, isMap, isScalar, isSeq, type ParsedNode, parseDocument } from 'yaml';
import type { FrontMatter } from './front-matter.js';
import type { JsonEntry, JsonNode } from './json-node.js';
import { MAX_JSON_READ_DEPTH } from './limits.js';
import { lineCounter } from './line-counter.js';
import { type ProblemList, quote } from './problem-list.js';
import { firstMark, trimBlankLines } from './trim.js';

/**
 * Takes apart a file with front matter, in any YAML that a person may write.
 *
 * gray-matter runs JavaScript in front matter that opens with `---js`, whatever its options say, and returns `{}` for
 * broken YAML the second time. Hence: any opening but exactly `---` is refused before it is called, every engine that
 * evaluates throws, options are always given (that turns its cache off), and YAML is read by package `yaml` with all
 * scalars as text, without aliases and tags.
 *
 * @returns null = no front matter in the file ('none'), or it is refused or broken ('refused', a problem says why).
 */
export function readYamlFrontMatter(text: string, problems: ProblemList): FrontMatter | 'none' | 'refused' {
  if (!text.startsWith('---') || text.startsWith('----')) return 'none';
  const open = text.indexOf('\n');
  if (open !== 3) {
    const opening = quote(text.slice(0, open === -1 ? undefined : open));
    problems.error('FRONT_MATTER_REFUSED', 1, `front matter opens with ${opening}, expected '---' alone`);
    return 'refused';
  }
  const close = text.indexOf('\n---', 3);
  const afterClose = text.charCodeAt(close + 4);
  if (close === -1 || !(Number.isNaN(afterClose) || afterClose === 10)) {
    problems.error('FRONT_MATTER_INVALID', 1, "front matter is not closed by a line '---'");
    return 'refused';
  }
  if (close > MAX_FRONT_MATTER || LONG_SPACE.test(text.slice(0, close))) {
    const message = `front matter of more than ${MAX_FRONT_MATTER} characters, or 256 white space in a row`;
    problems.error('FRONT_MATTER_INVALID', 1, message);
    return 'refused';
  }
  return readMatter(text, problems);
}

const MAX_FRONT_MATTER = 65_536;

/** gray-matter looks for comments with an expression that takes quadratic time on white space. */
const LONG_SPACE = /\s{256}/;

function readMatter(text: string, problems: ProblemList): FrontMatter | 'refused' {
  const lineAt = lineCounter(text);
  try {
    const file = matter(text, {
      language: 'yaml',
      delimiters: '---',
      engines: {
        yaml: { parse: (source) => ({ node: readYaml(source), source }) },
        ...Object.fromEntries(EVALUATING.map((engine) => [engine, { parse: refuseEngine }])),
      },
    });
    const fields: unknown = file.data.node ?? { kind: 'object', entries: [], offset: 0 };
    const bodyStart = text.length - file.content.length;
    const body = trimBlankLines(file.content);
    return {
      fields: fields as FrontMatter['fields'],
      body,
      bodyLine: lineAt(firstMark(text, bodyStart)),
      context: { problems, lineAt: (offset) => lineAt(offset + '---\n'.length) },
    };
  } catch (error) {
    const offset = error instanceof YamlFault ? error.offset : 0;
    const reason = error instanceof YamlFault ? error.message : 'not readable YAML';
    problems.error('FRONT_MATTER_INVALID', lineAt(offset + '---\n'.length), `front matter: ${reason}`);
    return 'refused';
  }
}

const EVALUATING = ['js', 'javascript', 'json', 'coffee', 'coffeescript', 'cson', 'toml'];

function refuseEngine(): never {
  throw new YamlFault('only YAML is read', 0);
}

/** Ends the reading at the first fault; never leaves this file. */
class YamlFault extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

function readYaml(source: string): JsonNode {
  const document = parseDocument(source, {
    schema: 'failsafe',
    uniqueKeys: true,
    strict: true,
    logLevel: 'error',
  });
  // A warning is a tag that nobody resolves, such as `!!js/function`.
  const [fault] = [...document.errors, ...document.warnings];
  if (fault !== undefined) throw new YamlFault(reasonOf(fault.message), fault.pos[0]);
  const root = document.contents;
  if (root === null) return { kind: 'object', entries: [], offset: 0 };
  if (!isMap(root)) throw new YamlFault('expected keys and values', 0);
  return nodeOf(root as ParsedNode, 0);
}

function nodeOf(node: ParsedNode, depth: number): JsonNode {
  const offset = node.range[0];
  if (depth > MAX_JSON_READ_DEPTH) return { kind: 'too_deep', offset };
  if (isAlias(node)) throw new YamlFault('aliases are refused', offset);
  if (isMap(node)) {
    const entries = node.items.map((pair): JsonEntry => {
      const key = pair.key as ParsedNode;
      if (!isScalar(key)) throw new YamlFault('a key that is not a word', offset);
      return {
        key: String(key.value),
        value: optionalNode(pair.value, key.range[0], depth),
        offset: key.range[0],
      };
    });
    return { kind: 'object', entries, offset };
  }
  if (isSeq(node)) {
    return { kind: 'array', items: node.items.map((item) => optionalNode(item, offset, depth)), offset };
  }
  return scalarOf(String(node.value), node.type === 'PLAIN', offset);
}

function optionalNode(value: unknown, offset: number, depth: number): JsonNode {
  if (value === null || value === undefined) return { kind: 'literal', value: null, offset };
  return nodeOf(value as ParsedNode, depth + 1);
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Unquoted words get the meaning they have in JSON, and no other: no dates, no octal, no `yes`. */
function scalarOf(text: string, plain: boolean, offset: number): JsonNode {
  if (!plain) return { kind: 'string', value: text, offset };
  if (text === '' || text === '~' || text === 'null') return { kind: 'literal', value: null, offset };
  if (text === 'true' || text === 'false') return { kind: 'literal', value: text === 'true', offset };
  return NUMBER.test(text)
    ? { kind: 'number', digits: text, offset }
    : { kind: 'string', value: text, offset };
}

/** The first line of the parser's message, without its own count of lines. */
function reasonOf(message: string): string {
  const line = message.split('\n', 1)[0] ?? '';
  return quote(line.replace(/ at line \d+, column \d+:?$/, ''));
}
