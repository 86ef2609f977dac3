-- Jobs: hashes, with a field `follow:GATEWAY` for each follower.
-- include log
-- include nudge

local function job_of(id)
  local f = redis.call('HMGET', KEY.job(id), 'state', 'owner', 'user', 'model', 'attempt', 'crashes', 'destinations',
    'store', 'idempotency')
  return f[1] and {id = id, state = f[1], owner = f[2], user = f[3], model = f[4], attempt = tonumber(f[5]),
    crashes = tonumber(f[6]), destinations = f[7], store = f[8], idempotency = f[9]}
end

-- One that waits, in no queue yet. More fields may follow.
local function make_job(job, request, turn, now, ...)
  redis.call('HSET', KEY.job(job.id), 'state', 'waiting', 'owner', '', 'user', job.user, 'model', job.model, 'attempt', 0,
    'crashes', 0, 'destinations', '', 'store', job.store, 'idempotency', job.idempotency, 'request', request,
    'cancelled', '', 'status', '', 'queued_at', int(now), 'turn', turn, ...)
end

local function new_job(id, user, model, store, idempotency)
  return {id = id, state = 'waiting', owner = '', user = user, model = model, attempt = 0, crashes = 0,
    destinations = '', store = store, idempotency = idempotency}
end

-- It counts as one that has not ended, until `end_job`.
local function count_in(job)
  redis.call('SADD', KEY.live, job.id)
  redis.call('SADD', KEY.user(job.user), job.id)
end

-- The key that led to a job, if Redis has lost it.
local function put_back_key(job, idempotency, hash, keep_ms)
  if job.idempotency ~= '' and job.idempotency == idempotency and redis.call('EXISTS', idempotency) == 0 then
    redis.call('SET', idempotency, job.id .. '\n' .. hash, 'PX', keep_ms)
  end
end

local function followers_of(id)
  local gateways = {}
  for _, name in ipairs(redis.call('HKEYS', KEY.job(id))) do
    if name:sub(1, 7) == 'follow:' then gateways[#gateways + 1] = name:sub(8) end
  end
  table.sort(gateways)
  return gateways
end

-- Nobody follows a response that is not to be stored: it may be stopped some time after `since`.
local function note_unwatched(job, since)
  if job.store ~= '1' and job.state ~= 'ended' and #followers_of(job.id) == 0 then
    redis.call('ZADD', KEY.unwatched, 'NX', int(since), job.id)
  end
end

-- The log is complete. The state comes last, and then the holder's mark: done again after a failure, this does the
-- rest, and until the state says so whoever takes the holder back finds the job.
local function end_job(job, status, keep_ms)
  local id = job.id
  if job.state ~= 'ended' and job.store == '1' then redis.call('XADD', KEY.to_record, '*', 'id', id) end
  redis.call('SREM', KEY.live, id)
  redis.call('SREM', KEY.user(job.user), id)
  redis.call('ZREM', KEY.unwatched, id)
  for _, gateway in ipairs(followers_of(id)) do redis.call('SREM', KEY.follows(gateway), id) end
  if job.idempotency ~= '' then
    local known = redis.call('GET', job.idempotency)
    if known and known:sub(1, #id + 1) == id .. '\n' and known:sub(-6) ~= '\nended' then
      redis.call('SET', job.idempotency, known .. '\nended', 'KEEPTTL')
    end
  end
  if job.store ~= '1' then
    redis.call('PEXPIRE', KEY.job(id), keep_ms)
    redis.call('PEXPIRE', KEY.log(id), keep_ms)
  end
  redis.call('HSET', KEY.job(id), 'state', 'ended', 'status', status, 'owner', '')
  redis.call('SREM', KEY.held(job.owner), id)
end

-- To the queue of those who go first. It is in that list before the job says so: a lease in between takes it out
-- again, done again this puts it back.
local function hand_over(job, crashes)
  if not redis.call('LPOS', KEY.handover(job.model), job.id) then
    redis.call('RPUSH', KEY.handover(job.model), job.id)
  end
  redis.call('ZREM', KEY.queue(job.model), job.id)
  redis.call('HSET', KEY.job(job.id), 'state', 'handover', 'owner', '', 'crashes', crashes, 'attempt', int(job.attempt))
  redis.call('SREM', KEY.held(job.owner), job.id)
end

-- Jobs that their worker has no more, each with the records that its log lacks (`new`), its `crashes`, and its `status`
-- where it has ended with them. Logs first; then workers with room are told.
local function settle(plans, now, keep_ms)
  local models = {}
  for _, p in ipairs(plans) do
    local job = p.job
    add_entries(job.id, p.new)
    if p.status then
      end_job(job, p.status, keep_ms)
    else
      hand_over(job, p.crashes)
      models[job.model] = (models[job.model] or 0) + 1
    end
  end
  for model, jobs in pairs(models) do nudge_for_work(model, now, jobs) end
end
