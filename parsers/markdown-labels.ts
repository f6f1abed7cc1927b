import { unescapeCharacters } from './escape.js';
import { SHORT } from './field-type.js';
import type { OutlineBlock } from './outline-block.js';
import { type ProblemList, quote } from './problem-list.js';
import { isShortText } from './short-text.js';
import { trimSpace } from './trim.js';

/** A line `**Label:** value`. */
export interface Label {
  /** Lower case. */
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

const LABEL = /^(?:[-*+] )?\*\*([^*]{1,40}?)(?::\*\*|\*\*:)([^\n]*)$/;

/** @returns the label that a line holds; null = none. */
export function readLabel(text: string, line: number): Label | null {
  const match = LABEL.exec(trimSpace(text));
  if (match === null) return null;
  const value = unescapeCharacters(trimSpace(match[2] ?? ''));
  return { name: (match[1] ?? '').trim().toLowerCase(), value, line };
}

/** The labels of a record, by name. */
export interface Labels {
  /** @returns null = absent or empty. The first of several counts; a later one that differs is reported. */
  get(...names: readonly string[]): Label | null;
  /** Reports labels nobody asked for. */
  finish(): void;
}

/** Gathers labels that stand together. */
export function labelsOf(labels: readonly Label[], problems: ProblemList): Labels {
  const asked = new Set<string>();
  return {
    get: (...names) => {
      for (const name of names) asked.add(name);
      const [first, ...others] = labels.filter((label) => names.includes(label.name) && label.value !== '');
      for (const other of others) {
        if (first === undefined || other.value === first.value) continue;
        const message = `${quote(other.name)} stands already on line ${first.line}, with another value`;
        problems.error('DUPLICATE_FIELD', other.line, message);
      }
      return first ?? null;
    },
    finish: () => {
      for (const { name, line } of labels) {
        if (!asked.has(name)) problems.warning('UNKNOWN_FIELD', line, `${quote(name)} is not a known label`);
      }
    },
  };
}

/** Reads the value of a label as a short text. @returns null = no label, or unreadable: then a problem says why. */
export function readShortLabel(label: Label | null, problems: ProblemList): string | null {
  if (label === null || isShortText(label.value)) return label?.value ?? null;
  problems.error('INVALID_TEXT', label.line, `${label.name}: ${quote(label.value)} is not ${SHORT.expected}`);
  return null;
}

/** The lines of text blocks, each with its number. */
export function linesOfBlocks(
  text: string,
  blocks: readonly OutlineBlock[],
  lineAt: (offset: number) => number,
): readonly { readonly text: string; readonly line: number; readonly end: number }[] {
  return blocks.flatMap((block) => {
    if (block.kind !== 'text') return [];
    let end = block.start - 1;
    const first = lineAt(block.start);
    return text
      .slice(block.start, block.end)
      .split('\n')
      .map((line, index) => {
        end += line.length + 1;
        return { text: line, line: first + index, end };
      });
  });
}
