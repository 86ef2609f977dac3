-- A gateway wants no more of the response; it stays a destination until the worker has brought the log up to date.
-- include gate
-- include jobs

local gateway, id = ARGV[1], ARGV[2]
local now = now_ms()
local wait = refuse_in_grace(now, 'unfollow')
if wait then return wait end
local job = job_of(id)

if job then redis.call('HDEL', KEY.job(id), 'follow:' .. gateway) end
redis.call('SREM', KEY.follows(gateway), id)
if job and job.state == 'running' then nudge(job.owner, 'look', id, now) end
return redis.status_reply('OK')
