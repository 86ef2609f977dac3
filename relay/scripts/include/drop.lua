-- Dropping a worker or a gateway that is gone, or only seems to be.
-- include jobs
-- include fold

-- Whether this attempt made anything of the answer: an event other than in_progress (2) and continued (3).
local function made_something(id, attempt, records)
  local function has(list)
    for _, event in ipairs(list) do if event[1] ~= 2 and event[1] ~= 3 then return true end end
  end
  for _, r in ipairs(records) do if r.attempt == attempt and has(r.list) then return true end end
  for _, entry in ipairs(redis.call('XRANGE', KEY.log(id), int(attempt), int(attempt), 'COUNT', 3)) do
    if has(cmsgpack.unpack(entry[2][10])) then return true end
  end
end

-- What Redis thinks that the worker holds, except `kept` (by id): jobs and what is folded of them. Reads only.
local function plan_drop(worker, kept)
  local jobs, stale = {}, {}
  local ids = redis.call('SMEMBERS', KEY.held(worker))
  table.sort(ids)
  for _, id in ipairs(ids) do
    local job = not kept[id] and job_of(id)
    if job and job.state == 'running' and job.owner == worker then
      jobs[#jobs + 1] = job
    elseif not kept[id] then
      stale[#stale + 1] = id
    end
  end
  return {worker = worker, jobs = jobs, stale = stale, folded = fold(worker, jobs)}
end

-- The jobs to `handover` (or ended, where the fold has completed the log). `crashed`: who has said nothing is a suspect.
local function drop(plan, crashed, now, keep_ms)
  local plans = {}
  for _, job in ipairs(plan.jobs) do
    local f = plan.folded[job.id]
    local crashes = job.crashes
    if crashed or crashes > 0 then
      crashes = made_something(job.id, job.attempt, f.records) and 0 or crashes + (crashed and 1 or 0)
    end
    plans[#plans + 1] = {job = job, new = f.records, status = f.status, crashes = crashes}
  end
  settle(plans, now, keep_ms)
  for _, id in ipairs(plan.stale) do redis.call('SREM', KEY.held(plan.worker), id) end
end

-- Nobody reads this inbox any more. It stays for a while: what its last batches hold may have been shown.
local function drop_gateway(gateway, now)
  local ids = redis.call('SMEMBERS', KEY.follows(gateway))
  table.sort(ids)
  for _, id in ipairs(ids) do
    local job = job_of(id)
    if job then
      redis.call('HDEL', KEY.job(id), 'follow:' .. gateway)
      note_unwatched(job, now)
      if job.state == 'running' then nudge(job.owner, 'look', id, now) end
    end
    redis.call('SREM', KEY.follows(gateway), id)
  end
  redis.call('DEL', KEY.connected(gateway), KEY.roll(gateway))
  redis.call('PEXPIRE', KEY.inbox(gateway), 600000)
end
