import path from 'node:path';
import type { Bench } from './bench.js';
import { inTurn, type Run } from './measure.js';
import { dropDatabase, runPsql, settle } from './reference-load.js';
import { createUpstream, insertTrades } from './upstream.js';

const FEW = 1000;
/** Refuses at once: what is measured ends with the commit, not with the projection. */
const NO_DATABASE = 'postgres://127.0.0.1:1/none';

/** First sync of many upstream rows against `psql \copy` of the same rows to a file; then ten new rows beside many and few. */
export async function benchSync(bench: Bench): Promise<void> {
  const { serverUrl, folder, options } = bench.around;
  const rows = options.size.trades;
  const large = await createUpstream(serverUrl, rows);
  const small = await createUpstream(serverUrl, FEW);
  const what = `first sync of ${rows.toLocaleString('en-US')} upstream rows, committed`;
  const copies = bench.has('psql', what);
  const [firsts, files]: [Run[], Run[]] = [[], []];
  for (let i = 0; i < options.runs; i++) {
    await settle(large);
    if (copies)
      files.push(
        await runPsql(large, [`\\copy (select * from bot_trades) to '${path.join(folder, 'rows.txt')}'`]),
      );
    firsts.push(await sync(bench, await emptyLedger(bench, `sync-${i}`), large));
  }
  if (copies)
    bench.row(
      { id: 'sync-first', what, against: 'psql \\copy of the same rows to a file', goal: 6 },
      { left: firsts, right: files },
    );
  const few = await emptyLedger(bench, 'sync-few');
  await sync(bench, few, small);
  const tenMore = async (repository: string, upstream: string): Promise<Run> => {
    await insertTrades(upstream, 10, '1 day');
    return sync(bench, repository, upstream);
  };
  bench.row(
    {
      id: 'sync-ten',
      what: `sync of ten new rows beside ${rows.toLocaleString('en-US')} trades`,
      against: `the same beside ${FEW.toLocaleString('en-US')}`,
      goal: 1.2,
    },
    await inTurn(
      options.runs * 3,
      () => tenMore(path.join(folder, 'sync-0'), large),
      () => tenMore(few, small),
    ),
  );
  await dropDatabase(serverUrl, large);
  await dropDatabase(serverUrl, small);
}

function sync(bench: Bench, repository: string, upstream: string): Promise<Run> {
  return bench.maven(repository, ['sync', 'trades'], {
    MOHA_DATABASE_URL: upstream,
    MAVEN_DATABASE_URL: NO_DATABASE,
  });
}

async function emptyLedger(bench: Bench, name: string): Promise<string> {
  const repository = await bench.newRepository(name);
  await bench.maven(repository, ['init'], { MAVEN_DATABASE_URL: NO_DATABASE });
  return repository;
}
