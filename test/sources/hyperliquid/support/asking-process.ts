/**
 * A process that asks the exchange without pause, under the shared limit, until its time is over.
 *
 * Arguments: URL of the exchange, URL of Redis or `none`, seconds of a limit's window, seconds to run. Prints how many
 * calls were answered; a call that fails ends it with an error.
 */
import { openCache } from '../../../../src/cache/open-cache.js';
import { openHyperliquid } from '../../../../src/sources/hyperliquid/open-hyperliquid.js';

const [apiUrl = '', redisUrl = 'none', windowSeconds = '1', seconds = '1'] = process.argv.slice(2);

const cache = await openCache(redisUrl === 'none' ? null : { url: redisUrl }, {
  warn: () => undefined,
  limitWindowSeconds: Number(windowSeconds),
});
const exchange = openHyperliquid({
  address: '0x8e2f4b6a9c01d3e5f7089ab1c2d3e4f506172839',
  apiUrl,
  clock: () => new Date(),
  warn: () => undefined,
  limiter: cache.limiter,
});
const end = Date.now() + Number(seconds) * 1000;
let answered = 0;
while (Date.now() < end) {
  await exchange.perpState('');
  answered += 1;
}
process.stdout.write(`answered ${answered}\n`);
await cache.close();
