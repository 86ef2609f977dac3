-- Gone on purpose: what it holds is released, and no crash is counted.
-- include gate
-- include drop

local kind, name, token, keep_ms = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local now = now_ms()
local wait = refuse_in_grace(now, 'leave')
if wait then return wait end
local entry = current(KEY[kind], name, token)
if not entry then return fenced() end

if kind == 'workers' then
  local plan = plan_drop(name, {})
  entry[STATE] = 'draining'
  put_entry(KEY.workers, name, entry)
  drop(plan, false, now, keep_ms)
  redis.call('DEL', KEY.commands(name))
else
  drop_gateway(name, now)
end
redis.call('HDEL', KEY[kind], name)
return redis.status_reply('OK')
