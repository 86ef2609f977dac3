-- Responses that are not to be stored and that nobody has followed for so long, a hundred at most; reads only. After a
-- grace, in which nobody could follow, everybody has the whole time again.
-- include gate

local for_ms = tonumber(ARGV[1])
local now = now_ms()
local wait = refuse_in_grace(now, 'unwatched')
if wait then return wait end
local grace_until = tonumber(redis.call('HGET', KEY.run, 'grace_until') or 0)

if now - grace_until < for_ms then return {} end
return redis.call('ZRANGEBYSCORE', KEY.unwatched, '-inf', int(now - for_ms), 'LIMIT', 0, 100)
