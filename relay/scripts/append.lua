-- One step of a worker: batches, log entries, destinations, ends; all or (token void) nothing.
-- include gate
-- include jobs

local worker, token, deadline_ms, inbox_ms, keep_ms = unpack(ARGV, 1, 5)
local batches, entries, destinations, ends = unpack(ARGV, 6, 9)
local now = now_ms()
local wait = refuse_in_grace(now, 'append')
if wait then return wait end
local entry = current(KEY.workers, worker, token)
if not entry then return fenced() end

local i = 10
local oldest = int(now - inbox_ms)
local ending = {}
local first_end = i + 2 * batches + 6 * entries + 2 * destinations
for k = first_end, first_end + 2 * ends - 1, 2 do
  ending[#ending + 1] = {job = job_of(ARGV[k]), status = ARGV[k + 1]}
end

for _ = 1, batches do
  redis.call('XADD', KEY.inbox(ARGV[i]), 'MINID', '~', oldest, '*', 'b', ARGV[i + 1], 'w', worker)
  i = i + 2
end
for _ = 1, entries do
  add_entry(ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4], ARGV[i + 5])
  i = i + 6
end
for _ = 1, destinations do
  redis.call('HSET', KEY.job(ARGV[i]), 'destinations', ARGV[i + 1])
  i = i + 2
end
for _, e in ipairs(ending) do
  if e.job then end_job(e.job, e.status, keep_ms) end
end
entry[DEADLINE], entry[LATE] = now + deadline_ms, 0
put_entry(KEY.workers, worker, entry)
return redis.status_reply('OK')
