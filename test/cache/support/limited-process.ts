/**
 * A process that takes points of a shared limit until its time is over, for tests that run several of it.
 *
 * Arguments: Redis URL or `none`, points in a window, seconds of a window, seconds to run. Prints one line of the
 * system's clock in ms for every point it was granted, and `warn: ...` for warnings.
 */
import { writeSync } from 'node:fs';
import { openCache } from '../../../src/cache/open-cache.js';

const [url = 'none', points = '1', windowSeconds = '1', seconds = '1'] = process.argv.slice(2);

const cache = await openCache(url === 'none' ? null : { url }, {
  warn: (message) => writeSync(1, `warn: ${message}\n`),
  limitWindowSeconds: Number(windowSeconds),
});
const limiter = cache.limiter('test', Number(points));
const end = Date.now() + Number(seconds) * 1000;
while (Date.now() < end) {
  try {
    await limiter.take(1, AbortSignal.timeout(Math.max(1, end - Date.now())));
  } catch {
    break;
  }
  writeSync(1, `${Date.now()}\n`);
}
await cache.close();
