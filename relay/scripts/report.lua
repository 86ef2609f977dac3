-- What a gateway has counted in a while, and the errors that it has told, for administrators: failures first, which are
-- on our side, then refusals, of which there may be many.
-- include gate

local keep_ms, most, keep_errors_ms, sample, failures = unpack(ARGV, 1, 5)
local first_refusal = 6 + tonumber(failures)
local now = now_ms()
local wait = refuse_in_grace(now, 'report')
if wait then return wait end

for i = 6, #ARGV do
  local stream = i < first_refusal and KEY.failures or KEY.refusals
  redis.call('XADD', stream, 'MAXLEN', most, '*', 'e', ARGV[i])
  redis.call('PEXPIRE', stream, keep_errors_ms)
end
redis.call('XADD', KEY.history, 'MINID', '~', int(now - keep_ms), '*', 's', sample)
redis.call('PEXPIRE', KEY.history, keep_ms)
return redis.status_reply('OK')
