import { history, listTrades, MavenError } from '../../index.js';
import { movedNotice, readCursor, takePage } from '../answers/page.js';
import type { ServedResource } from './resource.js';

/** How many of the newest trades completion knows. */
const KNOWN = 1000;

export const trade: ServedResource = {
  uri: 'maven://trades/{id}',
  name: 'trade',
  title: 'A trade',
  description:
    'A trade (123 or moha/123) with every revision, newest first, and the commit that brought it; from git.',
  tellsOf: ['trades/'],
  read: async (session, [id = ''], call, cursor) => {
    const scope = ['trade', id];
    const start = readCursor(scope, cursor);
    const told = await session.read(call, (context) => history(context, id));
    if (told.kind !== 'trade')
      throw new MavenError('RECORD_NOT_FOUND', 'that is the name of a decision', {
        hint: `read maven://decisions/${encodeURIComponent(told.id)}`,
      });
    const revisions = told.trades.flatMap((found) =>
      found.revisions.map((one) => ({
        id: found.id,
        revision: one.revision,
        place: `${one.git_path}:${one.git_line}`,
        commit: one.commit?.commit ?? null,
        committed_at: one.commit?.committed_at ?? null,
        author: one.commit?.author ?? null,
        record: one.record,
      })),
    );
    const newestFirst = revisions.reverse().slice(start.offset);
    const page = takePage(scope, start, told.revision, newestFirst, false);
    return {
      key: id,
      revisions_total: revisions.length,
      revisions: page.items,
      complete: told.complete,
      untrusted: true,
      revision: told.revision,
      source: 'git',
      behind_by: 0,
      notice: movedNotice(start, told.revision),
      next_cursor: page.next_cursor,
    };
  },
  complete: async (session, _, begun, __, call) => {
    const { trades } = await session.ask(['trade ids', KNOWN], call, (context) =>
      listTrades(context, { limit: KNOWN }),
    );
    return trades
      .filter(
        ({ id, external_trade_id: bare }) => id.startsWith(begun) || (begun !== '' && bare.startsWith(begun)),
      )
      .map(({ id }) => id);
  },
};
