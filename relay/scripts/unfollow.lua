-- A gateway wants no more of the response, whose last viewer there left `idle_ms` ago; it stays a destination until the
-- worker has brought the log up to date.
-- include gate
-- include jobs

local gateway, id, idle_ms = ARGV[1], ARGV[2], tonumber(ARGV[3] or 0)
local now = now_ms()
local wait = refuse_in_grace(now, 'unfollow')
if wait then return wait end
local job = job_of(id)

if job then
  redis.call('HDEL', KEY.job(id), 'follow:' .. gateway)
  note_unwatched(job, now - idle_ms)
end
redis.call('SREM', KEY.follows(gateway), id)
if job and job.state == 'running' then nudge(job.owner, 'look', id, now) end
return redis.status_reply('OK')
