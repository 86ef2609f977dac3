-- Nudges: entries of a worker's stream `commands`, kept for a minute (who sleeps longer is taken back).
-- include registry

local function nudge(worker, kind, id, now)
  redis.call('XADD', KEY.commands(worker), 'MINID', '~', int(now - 60000), '*', 'kind', kind, 'id', id)
end

-- Whether a live worker serves the model, and those with room, most of it first.
local function who_serves(model, now)
  local serves, free = false, {}
  local names, entries = entries_of(KEY.workers)
  for _, name in ipairs(names) do
    local e = entries[name]
    if e[MODEL] == model and e[TOKEN] ~= VOID and e[DEADLINE] >= now and e[STATE] ~= 'draining' then
      serves = true
      if e[STATE] == 'ready' and e[ROOM] > 0 then free[#free + 1] = {name = name, entry = e} end
    end
  end
  table.sort(free, function(a, b) return a.entry[ROOM] > b.entry[ROOM] or
    a.entry[ROOM] == b.entry[ROOM] and a.name < b.name end)
  return serves, free
end

-- There is work, so many jobs: that many workers share it. The next nudge goes to another one, until these say anew how
-- much room they have.
local function nudge_for_work(model, now, jobs)
  local serves, free = who_serves(model, now)
  for i = 1, math.min(jobs, #free) do
    local worker = free[i]
    nudge(worker.name, 'work', '', now)
    worker.entry[ROOM] = worker.entry[ROOM] - 1
    put_entry(KEY.workers, worker.name, worker.entry)
  end
  return serves
end
