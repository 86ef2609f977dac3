-- A worker whose connection broke, in this run of Redis or an earlier one: a fresh token (what is still under way on
-- the old connection is fenced), and those of its jobs that nobody has with a higher attempt and whose log its records
-- follow on. Who loses a job to it loses its token. The rest of what Redis thinks it holds is released. A job that
-- Redis has lost, and that no gateway has put back, is made again where the worker has all of it.
-- include gate
-- include drop
-- include queue

local worker, deadline_ms, keep_ms, idempotency_ms, model, state, room, info, count = unpack(ARGV, 1, 9)
local now = now_ms()
local wait = refuse_in_grace(now, 'rejoin')
if wait then return wait end

-- The attempt stands in the log, or nothing does beyond where it began.
local function keeps(job, attempt, after, at_attempt, at_last)
  return job and job.state ~= 'ended' and job.attempt <= attempt
    and (at_attempt == attempt or at_attempt < attempt and at_last == after)
end

local kept, ids, plans, losers, i = {}, {}, {}, {}, 10
for _ = 1, count do
  local id, attempt, after, records = ARGV[i], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2])
  local user, its_model, store, request, idempotency, hash = unpack(ARGV, i + 3, i + 8)
  records, i = records_at(i + 10, ARGV[i + 9])
  local job = job_of(id)
  local turn
  if not job and request ~= '' then
    job = new_job(id, user, its_model, store, idempotency)
    turn = exact(next_turn(user, its_model))
  end
  local new, at_attempt, at_last, status, whole = lacking(id, records)
  if whole and keeps(job, attempt, after, at_attempt, at_last) then
    kept[id] = true
    plans[#plans + 1] = {job = job, attempt = attempt, new = new, status = status, turn = turn, request = request,
      idempotency = idempotency, hash = hash}
    if job.owner ~= '' and job.owner ~= worker then losers[job.owner] = true end
  end
end
local rest = plan_drop(worker, kept)
local token = fresh_token(now)

redis.call('HSET', KEY.run, 'token', token)
for name in pairs(losers) do
  local entry = entry_of(KEY.workers, name)
  if entry then
    entry[TOKEN] = VOID
    put_entry(KEY.workers, name, entry)
  end
end
put_entry(KEY.workers, worker, {token, now + deadline_ms, 0, model, state, tonumber(room), info})
for _, p in ipairs(plans) do
  local job = p.job
  if p.turn then make_job(job, p.request, p.turn, now) end
  put_back_key(job, p.idempotency, p.hash, idempotency_ms)
  count_in(job)
  add_entries(job.id, p.new)
  redis.call('SADD', KEY.held(worker), job.id)
  redis.call('HSET', KEY.job(job.id), 'state', 'running', 'owner', worker, 'attempt', int(p.attempt),
    'destinations', table.concat(followers_of(job.id), '\n'))
  redis.call('LREM', KEY.handover(job.model), 0, job.id)
  redis.call('ZREM', KEY.queue(job.model), job.id)
  if job.owner ~= worker then redis.call('SREM', KEY.held(job.owner), job.id) end
  if p.status then
    job.owner = worker
    end_job(job, p.status, keep_ms)
  else
    note_unwatched(job, now)
    ids[#ids + 1] = job.id
  end
end
drop(rest, false, now, keep_ms)
redis.call('PERSIST', KEY.commands(worker))
return {token, ids}
