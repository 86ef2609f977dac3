-- A fresh token and deadline. Who registers holds and follows nothing: what an earlier one of its name held is taken
-- back.
-- include gate
-- include drop

local kind, name, deadline_ms, keep_ms = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local model, state, room, info = ARGV[5], ARGV[6], tonumber(ARGV[7]), ARGV[8]
local now = now_ms()
local wait = refuse_in_grace(now, 'register')
if wait then return wait end

local plan = kind == 'workers' and plan_drop(name, {})
local token = fresh_token(now)

redis.call('HSET', KEY.run, 'token', token)
put_entry(KEY[kind], name, {token, now + deadline_ms, 0, model, state, room, info})
if plan then
  redis.call('DEL', KEY.commands(name))
  drop(plan, true, now, keep_ms)
else
  drop_gateway(name, now)
  redis.call('PERSIST', KEY.inbox(name))
end
return token
