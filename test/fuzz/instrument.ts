/**
 * A loader hook (`module.register`): puts a counter at the start of each block, branch and function of the code that is
 * fuzzed. V8's own coverage would do, but reading it after each input takes some 10 ms, a hundred times as long as an input.
 */
import type { LoadHook } from 'node:module';
import { parseAst } from 'rolldown/parseAst';

const FUZZED = /\/dist\/(?:parsers|src)\//;

export const load: LoadHook = async (url, context, next) => {
  const loaded = await next(url, context);
  if (loaded.format !== 'module' || !FUZZED.test(url) || loaded.source === undefined) return loaded;
  return { ...loaded, source: instrument(String(loaded.source), url) };
};

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

interface Insertion {
  readonly at: number;
  readonly text: string;
}

/** @returns the same code, which counts in `globalThis.fuzzCounters(url, size)`. No line moves. */
export function instrument(source: string, url: string): string {
  const insertions: Insertion[] = [];
  let counters = 0;
  const count = (): string => `fuzzed$[${counters++}]++`;
  const atStart = (block: Node): void => {
    insertions.push({ at: block.start + 1, text: `${count()};` });
  };
  const around = (expression: unknown): void => {
    if (!isNode(expression)) return;
    insertions.push({ at: expression.start, text: `(${count()},` }, { at: expression.end, text: ')' });
  };
  walk(parseAst(source) as unknown as Node, (node) => {
    if (node.type === 'BlockStatement') atStart(node);
    else if (node.type === 'ConditionalExpression') [node.consequent, node.alternate].forEach(around);
    else if (node.type === 'LogicalExpression') around(node.right);
    else if (
      node.type === 'ArrowFunctionExpression' &&
      isNode(node.body) &&
      node.body.type !== 'BlockStatement'
    )
      around(node.body);
    else if (node.type === 'SwitchCase' || node.type === 'IfStatement')
      for (const inner of [node.consequent, node.alternate].flat()) beforeStatement(inner, insertions, count);
  });
  const head = `var fuzzed$=globalThis.fuzzCounters(${JSON.stringify(url)},${counters});`;
  return head + applied(source, insertions);
}

/** Statements that are no blocks: what follows `if (x)` or `case x:`. */
function beforeStatement(statement: unknown, insertions: Insertion[], count: () => string): void {
  if (!isNode(statement) || statement.type === 'BlockStatement' || /Declaration$/.test(statement.type))
    return;
  insertions.push({ at: statement.start, text: `{${count()};` }, { at: statement.end, text: '}' });
}

/** At one place, what closes comes before what opens, the inner before the outer where both close. */
function applied(source: string, insertions: readonly Insertion[]): string {
  const opens = insertions.filter(({ text }) => text.length > 1);
  const closes = insertions.filter(({ text }) => text.length === 1);
  const ordered = [...closes.reverse(), ...opens].sort((a, b) => a.at - b.at);
  let text = '';
  let at = 0;
  for (const one of ordered) {
    text += source.slice(at, one.at) + one.text;
    at = one.at;
  }
  return text + source.slice(at);
}

function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const value of Object.values(node))
    for (const inner of Array.isArray(value) ? value : [value]) if (isNode(inner)) walk(inner, visit);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}
