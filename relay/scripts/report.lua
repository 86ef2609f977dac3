-- What a gateway has counted in a while, and the errors that it has told, for administrators.
-- include gate

local keep_ms, most_errors, keep_errors_ms, sample = unpack(ARGV, 1, 4)
local now = now_ms()
local wait = refuse_in_grace(now, 'report')
if wait then return wait end

for i = 5, #ARGV do redis.call('XADD', KEY.errors, 'MAXLEN', most_errors, '*', 'e', ARGV[i]) end
if #ARGV > 4 then redis.call('PEXPIRE', KEY.errors, keep_errors_ms) end
redis.call('XADD', KEY.history, 'MINID', '~', int(now - keep_ms), '*', 's', sample)
redis.call('PEXPIRE', KEY.history, keep_ms)
return redis.status_reply('OK')
