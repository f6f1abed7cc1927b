import { styleText } from 'node:util';
import type { CliIo } from '../io.js';

type Paint = (text: string) => string;

/** Colours for a terminal; plain text elsewhere. */
export interface Style {
  readonly good: Paint;
  readonly bad: Paint;
  readonly warn: Paint;
  readonly dim: Paint;
  readonly bold: Paint;
  /** Columns of the terminal; null where there is none. */
  readonly width: number | null;
}

/** Colour only on a terminal, and never with NO_COLOR set to anything. */
export function createStyle(io: CliIo): Style {
  const coloured = io.stdout.isTTY === true && (io.env.NO_COLOR ?? '') === '' && io.env.TERM !== 'dumb';
  const paint = (format: Parameters<typeof styleText>[0]): Paint =>
    coloured ? (text) => styleText(format, text) : (text) => text;
  return {
    good: paint('green'),
    bad: paint('red'),
    warn: paint('yellow'),
    dim: paint('dim'),
    bold: paint('bold'),
    width: io.stdout.isTTY === true ? (io.stdout.columns ?? null) : null,
  };
}
