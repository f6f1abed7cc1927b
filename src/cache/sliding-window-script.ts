/**
 * The shared limit, as one atomic script for rate-limiter-flexible's Redis limiter: in no stretch of the window are
 * more than `limit` points taken, by the server's clock, whatever the clocks of the processes say. The library's own
 * script counts from the first taking, which lets twice as many pass around the turn; and it counts what it refuses.
 *
 * Arguments as the library passes them: points wanted, seconds, limit. A member is `points:moment:n`, its score the
 * moment in ms. Answers [points taken with these, ms]: above the limit = refused, and ms until they may be free.
 *
 * @see node_modules/rate-limiter-flexible/lib/RateLimiterRedis.js `_upsert`, `_getRateLimiterRes`
 */
export const SLIDING_WINDOW_SCRIPT = `
local wanted = tonumber(ARGV[1])
local window = tonumber(ARGV[2]) * 1000
local limit = tonumber(ARGV[3])
local clock = redis.call('time')
local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
redis.call('zremrangebyscore', KEYS[1], '-inf', now - window)
-- A server clock that was set back must not block everybody until it has caught up.
redis.call('zremrangebyscore', KEYS[1], now + 1000, '+inf')
local takings = redis.call('zrange', KEYS[1], 0, -1, 'withscores')
local used = 0
for i = 1, #takings, 2 do used = used + tonumber(string.match(takings[i], '^(%d+):')) end
if used + wanted <= limit then
  redis.call('zadd', KEYS[1], now, wanted .. ':' .. clock[1] .. '.' .. clock[2] .. ':' .. (#takings / 2))
  redis.call('pexpire', KEYS[1], window)
  return {used + wanted, window}
end
local free = limit - used
for i = 1, #takings, 2 do
  free = free + tonumber(string.match(takings[i], '^(%d+):'))
  if wanted <= free then return {limit + 1, math.max(1, takings[i + 1] + window - now)} end
end
return {limit + 1, window}
`;
