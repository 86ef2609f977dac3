-- Everyone's first word on a new connection: the run of Redis that it has reached, and the grace if there is one.
-- A new run begins one if jobs exist, or if somebody still holds or shows what this run may never have heard of.
-- Also makes the recorders' group, from the stream's beginning, where there is none.
-- include time

local known_run, holds, grace_ms = ARGV[1], ARGV[2] == '1', tonumber(ARGV[3])
local now = now_ms()
local run = redis.call('INFO', 'server'):match('run_id:(%w+)')
local stored = redis.call('HMGET', KEY.run, 'id', 'grace_from', 'grace_until')
local from, till = tonumber(stored[2] or 0), tonumber(stored[3] or 0)
local new = stored[1] ~= run
local missed = not new and till == 0 and holds and known_run ~= '' and known_run ~= run

if new or missed then
  from, till = 0, 0
  if missed or holds or redis.call('SCARD', KEY.live) > 0 then from, till = now, now + grace_ms end
  redis.call('HSET', KEY.run, 'id', run, 'grace_from', int(from), 'grace_until', int(till))
end
local made = redis.pcall('XGROUP', 'CREATE', KEY.to_record, 'recorders', '0', 'MKSTREAM')
if made.err and not made.err:find('BUSYGROUP', 1, true) then return made end
return {run, int(math.max(0, till - now))}
