import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { compareDecimals } from '../../parsers/decimal-arithmetic.js';
import type { Bench } from './bench.js';
import { generateHistory, importHistory } from './dataset.js';
import { balanceOf, EXCHANGE_ACCOUNT, ledgerJournal } from './ledger-journal.js';
import { inTurn, runProcess } from './measure.js';

const MOST_TRADES = 100_000;

/**
 * Rebuild of an empty embedded database against `ledger`, the C++ plain-text ledger, which loads the same trades and
 * reports their balance. Both must come to the same sum of money.
 */
export async function benchLedger(bench: Bench): Promise<void> {
  const { folder, options } = bench.around;
  const trades = Math.min(options.size.trades, MOST_TRADES);
  const what = `rebuild, ${trades.toLocaleString('en-US')} trades, embedded database`;
  if (!bench.has('ledger', what)) return;
  const files = [...generateHistory({ trades, decisions: 0, snapshots: 0 }, options.seed)];
  const repository = await bench.newRepository('ledger');
  await importHistory(repository, files);
  await runProcess('git', ['reset', '--quiet', '--hard'], { cwd: repository });
  const texts = files.filter(([file]) => file.endsWith('.jsonl')).map(([, text]) => text);
  const journal = path.join(folder, 'trades.ledger');
  await writeJournal(journal, texts);
  const env = { MAVEN_DATABASE_URL: 'embedded' };
  const database = path.join(repository, '.git/maven');
  const rebuild = async () => {
    await rm(database, { recursive: true, force: true });
    return bench.maven(repository, ['reconcile'], env);
  };
  const format = '%(account)\t%(display_total)\n';
  const load = () => runProcess('ledger', ['-f', journal, 'balance', '--flat', '--format', format]);
  const pairs = await inTurn(options.runs, rebuild, load);
  const theirs = balanceOf(pairs.right[0]?.stdout ?? '', EXCHANGE_ACCOUNT);
  const ours = netOf((await bench.maven(repository, ['performance', '--json'], env)).stdout);
  if (theirs === null || compareDecimals(theirs, ours) !== 0)
    throw new Error(`ledger counts ${theirs} USD, maven-git ${ours} USD`);
  bench.row({ id: 'ledger', what, against: 'ledger: load and balance', goal: 1.5 }, pairs);
}

async function writeJournal(file: string, texts: readonly string[]): Promise<void> {
  const stream = createWriteStream(file);
  for (const transaction of ledgerJournal(texts)) if (!stream.write(transaction)) await once(stream, 'drain');
  stream.end();
  await once(stream, 'close');
}

function netOf(json: string): string {
  const { numbers } = JSON.parse(json) as { numbers: Record<string, { readonly value: string }> };
  return numbers.total_pnl_usd?.value ?? '';
}
