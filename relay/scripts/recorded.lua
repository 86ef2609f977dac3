-- Responses are saved: their entries leave `to_record`, and their jobs and logs are kept for a while only.
-- include gate

local keep_ms, entries = ARGV[1], tonumber(ARGV[2])
local wait = refuse_in_grace(now_ms(), 'recorded')
if wait then return wait end

for i = 3, 2 + entries do
  redis.call('XACK', KEY.to_record, 'recorders', ARGV[i])
  redis.call('XDEL', KEY.to_record, ARGV[i])
end
for i = 3 + entries, #ARGV do
  if redis.call('HGET', KEY.job(ARGV[i]), 'state') == 'ended' then
    redis.call('PEXPIRE', KEY.job(ARGV[i]), keep_ms)
    redis.call('PEXPIRE', KEY.log(ARGV[i]), keep_ms)
  end
end
return redis.status_reply('OK')
