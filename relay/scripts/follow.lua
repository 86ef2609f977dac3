-- A gateway wants the response's batches: the worker changes the destinations, or the next lease does. Returns 0 if
-- there is no such job, 2 if it has ended and its log holds all.
-- include gate
-- include jobs

local gateway, id = ARGV[1], ARGV[2]
local now = now_ms()
local wait = refuse_in_grace(now, 'follow')
if wait then return wait end
local job = job_of(id)
if not job then return 0 end
if job.state == 'ended' then return 2 end

redis.call('HSET', KEY.job(id), 'follow:' .. gateway, 1)
redis.call('SADD', KEY.follows(gateway), id)
redis.call('ZREM', KEY.unwatched, id)
if job.state == 'running' then nudge(job.owner, 'look', id, now) end
return 1
