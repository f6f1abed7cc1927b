import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatBotTrades } from './upstream/bot-trade-row.js';
import { makeBotTrades } from './upstream/bot-trades.js';

/**
 * Writes `fixtures/upstream/bot_trades.sql`: what MoHa's database holds, for demonstrations and tests. Run it after a
 * change of what it makes: `npm run build && node dist/test/tools/generate-upstream.js`. A test compares what it makes
 * with what is committed.
 */
async function main(): Promise<void> {
  const rows = makeBotTrades();
  const text = formatBotTrades(rows);
  const folder = path.join(process.cwd(), 'fixtures', 'upstream');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'bot_trades.sql'), text);
  process.stdout.write(`${rows.length} trades, ${Math.round(Buffer.byteLength(text) / 1024)} KiB\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
