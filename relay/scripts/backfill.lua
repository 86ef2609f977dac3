-- In the grace: a response's log gets what it lacks and a gateway has shown or recorded; a job that is missing is made
-- again, and so is the idempotency key that led to it. Nothing else happens to jobs meanwhile.
-- include time
-- include jobs
-- include queue

local gateway, id, user, model, store, request, follows, keep_ms = unpack(ARGV, 1, 8)
local idempotency, hash, idempotency_ms, count = unpack(ARGV, 9, 12)
local now = now_ms()
local grace_until = tonumber(redis.call('HGET', KEY.run, 'grace_until') or 0)
if now >= grace_until then return redis.status_reply('late') end
local records = records_at(13, count)
local job = job_of(id)
local new, attempt, _, status = lacking(id, records)
local turn = not job and next_turn(user, model)

if not job then
  job = new_job(id, user, model, store, idempotency)
  make_job(job, request, exact(turn), now)
end
put_back_key(job, idempotency, hash, idempotency_ms)
add_entries(id, new)
if status then
  end_job(job, status, keep_ms)
  redis.call('ZREM', KEY.queue(job.model), id)
  redis.call('LREM', KEY.handover(job.model), 0, id)
  return redis.status_reply('OK')
end
count_in(job)
if follows == '1' then
  redis.call('HSET', KEY.job(id), 'follow:' .. gateway, 1)
  redis.call('SADD', KEY.follows(gateway), id)
  redis.call('ZREM', KEY.unwatched, id)
else
  note_unwatched(job, now)
end
if job.state == 'waiting' and attempt > 0 then
  job.attempt = attempt
  hand_over(job, job.crashes)
elseif job.state == 'waiting' then
  enter_queue(id, job.user, job.model, tonumber(redis.call('HGET', KEY.job(id), 'turn')))
end
return redis.status_reply('OK')
