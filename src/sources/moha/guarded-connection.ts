import type { UpstreamConnection } from './bot-trade.js';
import { type RawRows, writeRows } from './raw-rows.js';
import { assertReadingStatement } from './statement-guard.js';
import { upstreamError } from './upstream-error.js';

/** A connection that only reads, one statement after the other. */
export interface GuardedConnection extends Required<UpstreamConnection> {
  /** False = `queryRaw` gives what the driver has made of rows. */
  readonly givesRawRows: boolean;
  /** Waits for what is under way; every later statement is refused. */
  end(): Promise<void>;
}

/**
 * Lets single reading statements through to a connection, in turn, and nothing else.
 *
 * @param description - the upstream, without its password, for messages.
 */
export function guardConnection(connection: UpstreamConnection, description: string): GuardedConnection {
  let turn: Promise<unknown> = Promise.resolve();
  let ended = false;
  const inTurn = async <T>(text: string, run: () => Promise<T>): Promise<T> => {
    assertReadingStatement(text);
    if (ended) throw new Error('this look at upstream has ended');
    const answer = turn.then(run).catch((error: unknown) => {
      throw upstreamError(error, description);
    });
    // Who waits for the answer hears of a failure; the next in turn only needs to know that it is over.
    turn = answer.catch(() => undefined);
    return answer;
  };
  return {
    givesRawRows: connection.queryRaw !== undefined,
    query: (text) => inTurn(text, () => connection.query(text)),
    queryRaw: (text, expectedBytes) => inTurn(text, () => queryRaw(connection, text, expectedBytes)),
    end: async () => {
      ended = true;
      await turn;
    },
  };
}

async function queryRaw(
  connection: UpstreamConnection,
  text: string,
  expectedBytes: number,
): Promise<RawRows> {
  return connection.queryRaw === undefined
    ? writeRows(await connection.query(text))
    : connection.queryRaw(text, expectedBytes);
}
