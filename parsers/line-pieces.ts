import { CONVERSATION_FORMAT } from './conversation.js';
import { FLOW_FORMAT, flowFact } from './flows.js';
import { parseJsonLines } from './json-lines.js';
import { formatLine, type LineFormat } from './line-format.js';
import { problemList } from './problem-list.js';
import { RUN_FORMAT } from './runs.js';
import { TRADE_FORMAT, tradeFact, tradeKey } from './trades.js';

/** One line of a file as a merge sees it. */
export interface LinePiece {
  /** What its record is known by; of a line that holds none, the line. */
  readonly identity: string;
  /** Two lines of one identity agree when these are equal. */
  readonly fact: string;
  /** Lines of one group stay in the order of their identities: the revisions of a trade. */
  readonly group: string;
  /** When it was recorded, canonical; '' = the line does not say. */
  readonly time: string;
  /** Two contents of one identity may both be kept: whoever reads the file has a rule which one counts. */
  readonly contestable: boolean;
  /** As it stands in the file, with its final newline. */
  readonly text: string;
}

/** Cuts a file of JSON lines into its records. A line that holds none is kept as it is. */
export function linePieces(
  kind: 'trades' | 'flows' | 'conversation' | 'runs',
  text: string,
): readonly LinePiece[] {
  switch (kind) {
    case 'trades':
      return piecesOf(kind, TRADE_FORMAT, text, (trade) => ({
        fact: tradeFact(trade),
        group: tradeKey(trade),
        time: trade.recordedAt,
      }));
    case 'flows':
      return piecesOf(kind, FLOW_FORMAT, text, (flow) => ({
        fact: flowFact(flow),
        group: FLOW_FORMAT.identity(flow),
        time: flow.recordedAt,
      }));
    case 'conversation':
      return piecesOf(kind, CONVERSATION_FORMAT, text, (message) => ({
        fact: formatLine(CONVERSATION_FORMAT, message),
        group: message.conversationId,
        time: '',
      }));
    case 'runs':
      return piecesOf(kind, RUN_FORMAT, text, (run) => ({
        fact: formatLine(RUN_FORMAT, run),
        group: run.job,
        time: run.recordedAt,
      }));
  }
}

function piecesOf<T>(
  kind: string,
  format: LineFormat<T>,
  text: string,
  describe: (record: T) => Pick<LinePiece, 'fact' | 'group' | 'time'>,
): readonly LinePiece[] {
  const parsed = parseJsonLines(format, text, problemList(''), () => {});
  const records = new Map(parsed.map(({ line, record }) => [line, record]));
  return text.split('\n').flatMap((line, index): readonly LinePiece[] => {
    if (line.trim() === '') return [];
    const record = records.get(index + 1);
    if (record === undefined) {
      const identity = `line ${line}`;
      return [{ identity, fact: line, group: identity, time: '', contestable: false, text: `${line}\n` }];
    }
    const contestable = kind === 'trades';
    return [{ identity: format.identity(record), ...describe(record), contestable, text: `${line}\n` }];
  });
}
