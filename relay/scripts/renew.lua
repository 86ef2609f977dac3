-- A later deadline, and how full a worker is.
-- include gate
-- include registry

local kind, name, token, deadline_ms = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local now = now_ms()
local wait = refuse_in_grace(now, 'renew')
if wait then return wait end
local entry = current(KEY[kind], name, token)
if not entry then return fenced() end

entry[DEADLINE], entry[LATE] = now + deadline_ms, 0
entry[MODEL], entry[STATE], entry[ROOM], entry[INFO] = ARGV[5], ARGV[6], tonumber(ARGV[7]), ARGV[8]
put_entry(KEY[kind], name, entry)
return redis.status_reply('OK')
