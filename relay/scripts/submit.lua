-- A new job: its hash, the first log entry, a place in the queue, a nudge. Known already (by response or idempotency
-- key): nothing new, but what is missing of a waiting one is put right.
-- include gate
-- include jobs
-- include queue

local gateway, id, user, model, store, request, events = unpack(ARGV, 1, 7)
local idempotency, hash, max_waiting, max_in_flight, idempotency_ms = unpack(ARGV, 8, 12)
local now = now_ms()
local wait = refuse_in_grace(now, 'submit')
if wait then return wait end

local known = idempotency ~= '' and redis.call('GET', idempotency)
if known then
  local earlier, its_hash, ended = known:match('^([^\n]*)\n([^\n]*)(.*)$')
  if its_hash ~= hash then return redis.error_reply('MISMATCH idempotency key') end
  if ended ~= '' or job_of(earlier) then id = earlier else known = false end
end
local job = job_of(id)
local new = not job and not known

if new then
  if redis.call('SCARD', KEY.user(user)) >= tonumber(max_in_flight) then
    return redis.error_reply('IN_FLIGHT too many responses')
  end
  if redis.call('ZCARD', KEY.queue(model)) >= tonumber(max_waiting) then
    return redis.error_reply('FULL ' .. model)
  end
  job = new_job(id, user, model, store, idempotency)
  make_job(job, request, exact(next_turn(user, model)), now, 'follow:' .. gateway, 1)
end
local serves
if job and job.state == 'waiting' then  -- all of this may be done again
  add_entry(id, 0, 1, -1, 0, events)
  count_in(job)
  for _, follower in ipairs(followers_of(id)) do redis.call('SADD', KEY.follows(follower), id) end
  if job.idempotency ~= '' then
    redis.call('SET', job.idempotency, id .. '\n' .. hash, 'PX', idempotency_ms)
  end
  enter_queue(id, job.user, job.model, tonumber(redis.call('HGET', KEY.job(id), 'turn')))
  serves = nudge_for_work(job.model, now, 1)
else
  serves = who_serves(model, now)
end
return {id, new and 1 or 0, job and place_of(id, job.model) or 0, serves and 1 or 0}
