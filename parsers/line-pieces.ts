import { CONVERSATION_FORMAT } from './conversation.js';
import { FLOW_FORMAT } from './flows.js';
import { parseJsonLines } from './json-lines.js';
import { formatLine, type LineFormat } from './line-format.js';
import type { MergePieces, Piece } from './merge-pieces.js';
import { problemList } from './problem-list.js';
import { TRADE_FORMAT } from './trades.js';

/** Cuts a file of JSON lines into its records. A line that holds none is kept as it is, known by its text. */
export function linePieces(kind: 'trades' | 'flows' | 'conversation', text: string): MergePieces {
  switch (kind) {
    case 'trades':
      return piecesOf(TRADE_FORMAT, text, (trade) => ({ ...trade, recordedAt: ANY_TIME }));
    case 'flows':
      return piecesOf(FLOW_FORMAT, text, (flow) => ({ ...flow, recordedAt: ANY_TIME }));
    case 'conversation':
      return piecesOf(CONVERSATION_FORMAT, text, (message) => message);
  }
}

/** Two clones that recorded the same fact, each at its own time, recorded one fact. */
const ANY_TIME = '0001-01-01T00:00:00.000000+00:00';

function piecesOf<T>(format: LineFormat<T>, text: string, fact: (record: T) => T): MergePieces {
  const parsed = parseJsonLines(format, text, problemList(''), () => {});
  const records = new Map(parsed.map(({ line, record }) => [line, record]));
  const seen = new Map<string, number>();
  const pieces: Piece[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const record = records.get(index + 1);
    const identity = record === undefined ? `line ${line}` : format.identity(record);
    const ordinal = seen.get(identity) ?? 0;
    seen.set(identity, ordinal + 1);
    pieces.push({
      key: ordinal === 0 ? identity : `${identity} (${ordinal + 1})`,
      content: record === undefined ? line : formatLine(format, fact(record)),
      text: `${line}\n`,
      time: null,
    });
  }
  return { preamble: '', pieces };
}
