import { appendFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Bench, bareNode } from './bench.js';
import { lastLedgerDay } from './dataset.js';
import { inTurn, type Run, runProcess } from './measure.js';
import { dropDatabase, newDatabase } from './reference-load.js';

/** The everyday reconcile against the bare start of node. */
export async function benchReconcile(bench: Bench): Promise<void> {
  const { serverUrl, options } = bench.around;
  const repository = await bench.repository();
  const database = await newDatabase(serverUrl);
  for (const [id, name, url] of [
    ['', 'Postgres', database],
    ['-embedded', 'embedded', 'embedded'],
  ] as const) {
    const env = { MAVEN_DATABASE_URL: url };
    const reconcile = () => bench.maven(repository, ['reconcile'], env);
    await reconcile();
    bench.row(
      {
        id: `reconcile-nothing${id}`,
        what: `reconcile with nothing to do, ${name}`,
        against: 'bare start of node',
        goal: 3,
      },
      await inTurn(options.runs * 3, reconcile, bareNode),
    );
    const one = async (): Promise<Run> => {
      await commitOneTrade(repository, options.size.trades);
      return reconcile();
    };
    bench.row(
      {
        id: `reconcile-one${id}`,
        what: `reconcile after one new trade, ${name}`,
        against: 'reconcile with nothing to do',
        goal: 2,
      },
      await inTurn(options.runs * 2, one, reconcile),
    );
  }
  await dropDatabase(serverUrl, database);
}

/** Adds a trade to the ledger's newest day, with native git: what a sync upstream of this clone leaves. */
async function commitOneTrade(repository: string, trades: number): Promise<void> {
  const file = path.join(repository, lastLedgerDay(trades));
  const line = readFileSync(file, 'utf8').trimEnd().split('\n').at(-1) ?? '';
  const id = `bench-${process.hrtime.bigint()}`;
  appendFileSync(file, `${line.replace(/"external_trade_id":"[^"]*"/, `"external_trade_id":"${id}"`)}\n`);
  await runProcess('git', ['commit', '--quiet', '--all', '--message', 'one trade'], { cwd: repository });
}
