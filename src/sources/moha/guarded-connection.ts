import type { UpstreamConnection } from './bot-trade.js';
import { assertReadingStatement } from './statement-guard.js';
import { upstreamError } from './upstream-error.js';

/** A connection that only reads, one statement after the other. */
export interface GuardedConnection extends UpstreamConnection {
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
  const run = async (text: string) => {
    try {
      return await connection.query(text);
    } catch (error) {
      throw upstreamError(error, description);
    }
  };
  return {
    query: async (text) => {
      assertReadingStatement(text);
      if (ended) throw new Error('this look at upstream has ended');
      const answer = turn.then(() => run(text));
      // Who waits for the answer hears of a failure; the next in turn only needs to know that it is over.
      turn = answer.catch(() => undefined);
      return answer;
    },
    end: async () => {
      ended = true;
      await turn;
    },
  };
}
