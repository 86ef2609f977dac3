-- Who was silent at two sightings, a second apart, is taken back: at most one worker a call, and all such gateways.
-- Returns how many. A worker's token is void first, and its entry goes last, so that half a taking back is resumed.
-- include gate
-- include drop

local keep_ms = ARGV[1]
local now = now_ms()
local wait = refuse_in_grace(now, 'take_back')
if wait then return wait end
local grace_until = tonumber(redis.call('HGET', KEY.run, 'grace_until') or 0)

-- Names whose time has come, and entries that are seen to be late for the first time.
local function late_ones(registry)
  local gone, sighted = {}, {}
  local names, entries = entries_of(registry)
  for _, name in ipairs(names) do
    local e = entries[name]
    if e[TOKEN] == VOID then
      gone[#gone + 1] = {name, e}
    elseif e[DEADLINE] < now then
      if e[LATE] == 0 or e[LATE] < grace_until then
        sighted[#sighted + 1] = {name, e}
      elseif now - e[LATE] >= 1000 then
        gone[#gone + 1] = {name, e}
      end
    end
  end
  return gone, sighted
end

local workers, late_workers = late_ones(KEY.workers)
local gateways, late_gateways = late_ones(KEY.gateways)
local victim = workers[1]
local plan = victim and plan_drop(victim[1], {})
local taken = 0

for registry, late in pairs({[KEY.workers] = late_workers, [KEY.gateways] = late_gateways}) do
  for _, l in ipairs(late) do
    l[2][LATE] = now
    put_entry(registry, l[1], l[2])
  end
end
if victim then
  victim[2][TOKEN] = VOID
  put_entry(KEY.workers, victim[1], victim[2])
  drop(plan, true, now, keep_ms)
  redis.call('PEXPIRE', KEY.commands(victim[1]), 600000)
  redis.call('HDEL', KEY.workers, victim[1])
  taken = 1
end
for _, g in ipairs(gateways) do
  drop_gateway(g[1], now)
  redis.call('HDEL', KEY.gateways, g[1])
  taken = taken + 1
end
return taken
