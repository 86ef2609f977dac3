-- A worker gives jobs back at a token boundary: their tails to the logs, the jobs to `handover`.
-- include gate
-- include jobs

local worker, token, keep_ms, count = unpack(ARGV, 1, 4)
local now = now_ms()
local wait = refuse_in_grace(now, 'release')
if wait then return wait end
if not current(KEY.workers, worker, token) then return fenced() end

local plans, i = {}, 5
for _ = 1, count do
  local id, attempt, records = ARGV[i], tonumber(ARGV[i + 1])
  records, i = records_at(i + 3, ARGV[i + 2])
  local job = job_of(id)
  if job and job.state == 'running' and job.owner == worker and job.attempt == attempt then
    local new, _, _, status = lacking(id, records)
    plans[#plans + 1] = {job = job, new = new, status = status, crashes = job.crashes}
  end
end

settle(plans, now, keep_ms)
return redis.status_reply('OK')
