-- Stop a response. Never leased: it ends here and now, with the events that the gateway has made for that. Else only
-- its worker may write events, and is asked to; a job between two workers is asked of the next one. The reason
-- `detached` acts only while nobody follows, `queue_timeout` only on what was never leased.
-- include gate
-- include jobs
-- include queue

local id, reason, batch, events, status, inbox_ms, keep_ms = unpack(ARGV, 1, 7)
local first, last = ARGV[8], ARGV[9]
local now = now_ms()
local wait = refuse_in_grace(now, 'cancel')
if wait then return wait end
local job = job_of(id)
if reason == 'detached' then
  if job and #followers_of(id) > 0 then return redis.status_reply('followed') end
  redis.call('ZREM', KEY.unwatched, id)
end
if not job then return redis.status_reply('gone') end
if job.state == 'ended' then return redis.status_reply('was_ended') end

if job.state ~= 'waiting' or log_last(id) > 0 then
  if reason == 'queue_timeout' then return redis.status_reply('leased') end
  redis.call('HSET', KEY.job(id), 'cancelled', reason)
  if job.state == 'running' then nudge(job.owner, 'look', id, now) else nudge_for_work(job.model, now, 1) end
  return redis.status_reply('asked')
end

local oldest = int(now - inbox_ms)
add_entry(id, 0, last, first - 1, first, events)
give_up_turn(id, job.user, job.model)
for _, gateway in ipairs(followers_of(id)) do
  redis.call('XADD', KEY.inbox(gateway), 'MINID', '~', oldest, '*', 'b', batch, 'w', '')
end
redis.call('HSET', KEY.job(id), 'cancelled', reason)
end_job(job, status, keep_ms)
return redis.status_reply('ended')
