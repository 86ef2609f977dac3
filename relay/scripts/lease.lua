-- Up to n jobs for a worker: handed over first, then waiting ones by turn. A suspect, whose last attempt ended without a
-- word, is tried alone: by a worker that holds nothing `silent` (that has said nothing yet), and with nothing beside it.
-- include gate
-- include jobs
-- include queue

local worker, token, n, silent, max_crashes, max_queue_ms, keep_ms = unpack(ARGV, 1, 7)
n, silent, max_crashes, max_queue_ms = tonumber(n), silent == '1', tonumber(max_crashes), tonumber(max_queue_ms)
local now = now_ms()
local wait = refuse_in_grace(now, 'lease')
if wait then return wait end
local entry = current(KEY.workers, worker, token)
if not entry then return fenced() end
local model = entry[MODEL]

local suspects = {}
local chosen, stale, ended = {}, {}, {}

-- True when no more can be taken. Suspects are put aside, but for those that will only be told that they have failed.
local function consider(id, turn, alone)
  local job = job_of(id)
  if not job or job.state ~= (turn and 'waiting' or 'handover') then
    stale[#stale + 1] = {id = id, turn = turn}
    return false
  end
  if job.crashes > 0 and job.crashes < max_crashes and not alone then
    suspects[#suspects + 1] = id
    return false
  end
  job.turn = turn
  job.log = redis.call('XRANGE', KEY.log(id), '-', '+')
  local last = job.log[#job.log]
  local status = last and status_of(last[2][10])
  if status then
    ended[#ended + 1] = job
    job.status = status
    return false
  end
  job.attempt = int(math.max(job.attempt + 1, last and tonumber(last[1]:match('^%d+')) + 1 or 1, now))
  job.followers = followers_of(id)
  job.more = redis.call('HMGET', KEY.job(id), 'request', 'cancelled', 'queued_at')
  chosen[#chosen + 1] = job
  return #chosen >= n
end

local function choose()
  if n < 1 then return end
  for _, id in ipairs(redis.call('LRANGE', KEY.handover(model), 0, 999)) do
    if consider(id, nil) then return end
  end
  if #suspects > 0 then  -- new jobs wait too, or there would always be a silent one
    if #chosen == 0 and not silent then consider(suspects[1], nil, true) end
    return
  end
  local from = 0
  while true do
    local waiting = redis.call('ZRANGE', KEY.queue(model), from, from + n - 1, 'WITHSCORES')
    for i = 1, #waiting, 2 do if consider(waiting[i], waiting[i + 1]) then return end end
    if #waiting < 2 * n then return end
    from = from + n
  end
end
choose()

local function leave_list(job)
  if not job.turn then
    redis.call('LREM', KEY.handover(model), 0, job.id)
    return
  end
  if tonumber(job.turn) > clock_of(model) then redis.call('SET', KEY.clock(model), job.turn) end
  redis.call('ZREM', KEY.queue(model), job.id)
end

local function flat_log(job)
  local flat = {}
  for _, e in ipairs(job.log) do
    local f = e[2]
    for i = 2, 10, 2 do flat[#flat + 1] = f[i] end
    flat[#flat + 1] = e[1]:match('%d+$')
  end
  return flat
end

local leased = {}
for _, job in ipairs(chosen) do
  redis.call('SADD', KEY.held(worker), job.id)
  redis.call('HSET', KEY.job(job.id), 'state', 'running', 'owner', worker, 'attempt', job.attempt,
    'destinations', table.concat(job.followers, '\n'))
  leave_list(job)
  local expired = job.state == 'waiting' and now - job.more[3] > max_queue_ms
  leased[#leased + 1] = {job.id, job.attempt, int(job.crashes), job.more[1], flat_log(job), job.followers,
    job.more[2] ~= '' and 1 or 0, expired and 1 or 0, job.crashes >= max_crashes and 1 or 0}
end
for _, job in ipairs(ended) do
  end_job(job, job.status, keep_ms)
  leave_list(job)
end
for _, job in ipairs(stale) do leave_list(job) end
tidy_turns(model)
return leased
