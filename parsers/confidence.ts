import { isCanonicalDecimal, readDecimal } from './decimal.js';
import { compareDecimals } from './decimal-arithmetic.js';
import { DECIMAL, type FieldType } from './field-type.js';
import { type ProblemList, quote } from './problem-list.js';

/** Tells whether a value may be written as a confidence. */
export function isConfidence(value: string): boolean {
  return isCanonicalDecimal(value) && isPercent(value);
}

export const CONFIDENCE_EXPECTED = 'a decimal from 0 to 100';

/** A confidence in front matter. */
export const CONFIDENCE: FieldType<string> = {
  expected: CONFIDENCE_EXPECTED,
  form: 'plain',
  isCanonical: (value) => typeof value === 'string' && isConfidence(value),
  read: (context, key, node) => {
    const text =
      node.kind === 'string' && node.value.endsWith('%') ? node.value.slice(0, -1).trimEnd() : null;
    const decimal = DECIMAL.read(
      context,
      key,
      text === null ? node : { ...node, kind: 'string', value: text },
    );
    if (decimal === null || isPercent(decimal)) return decimal;
    const message = `${key}: ${quote(decimal)} is not ${CONFIDENCE_EXPECTED}`;
    context.problems.error('INVALID_DECIMAL', context.lineAt(node.offset), message);
    return null;
  },
};

/**
 * Reads a confidence as files spell it: `98.0%`, `98%`, `98`, `0.95%`.
 *
 * @returns decimal text from 0 to 100, as the file says; null = unreadable, and a problem says why.
 */
export function readConfidence(text: string, problems: ProblemList, line: number): string | null {
  const trimmed = text.trim();
  const number = trimmed.endsWith('%') ? trimmed.slice(0, -1).trimEnd() : trimmed;
  const decimal = readDecimal(number);
  if (decimal === null || !isPercent(decimal)) {
    problems.error('INVALID_DECIMAL', line, `confidence: ${quote(text)} is not ${CONFIDENCE_EXPECTED}`);
    return null;
  }
  if (number === trimmed && !isFractionLike(decimal)) {
    problems.warning(
      'CONFIDENCE_SUSPECT',
      line,
      `confidence: ${quote(text)} has no percent sign, read as ${decimal}%`,
    );
  }
  return decimal;
}

/** Reports a confidence that looks like a fraction (`0.95` where 95 may be meant). It is kept: nobody guesses. */
export function checkConfidence(confidencePct: string | null, problems: ProblemList, line: number): void {
  if (confidencePct === null || !isFractionLike(confidencePct)) return;
  problems.warning(
    'CONFIDENCE_SUSPECT',
    line,
    `confidence: ${confidencePct}% may be a fraction, kept as the file says`,
  );
}

function isPercent(decimal: string): boolean {
  return compareDecimals(decimal, '0') >= 0 && compareDecimals(decimal, '100') <= 0;
}

/** Zero is zero either way. */
function isFractionLike(decimal: string): boolean {
  return compareDecimals(decimal, '0') > 0 && compareDecimals(decimal, '1') <= 0;
}
