-- Who is connected at a gateway, for administrators: what has changed since it said so last, which was `before` (empty:
-- it says all anew). False where that is not what is here, as after a loss. `after` is written last.
-- include gate
-- include registry

local gateway, token, before, after, gone = unpack(ARGV, 1, 5)
local wait = refuse_in_grace(now_ms(), 'attend')
if wait then return wait end
if not current(KEY.gateways, gateway, token) then return fenced() end

local connected, roll, first = KEY.connected(gateway), KEY.roll(gateway), 6 + tonumber(gone)
if before == '' then
  redis.call('DEL', connected, roll)
elseif redis.call('HGET', connected, '') ~= before then
  return 0
end
for i = 6, first - 1 do
  redis.call('HDEL', connected, ARGV[i])
  redis.call('ZREM', roll, ARGV[i])
end
for i = first, #ARGV, 2 do
  redis.call('HSET', connected, ARGV[i], ARGV[i + 1])
  redis.call('ZADD', roll, 0, ARGV[i])
end
if after ~= before then redis.call('HSET', connected, '', after) end
return 1
