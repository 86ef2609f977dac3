-- Nudges: entries of a worker's stream `commands`, kept for a minute (who sleeps longer is taken back).
-- include registry

local function nudge(worker, kind, id, now)
  redis.call('XADD', KEY.commands(worker), 'MINID', '~', int(now - 60000), '*', 'kind', kind, 'id', id)
end

-- Whether a live worker serves the model, and the one with most room.
local function who_serves(model, now)
  local serves, best, most = false, nil, 0
  local names, entries = entries_of(KEY.workers)
  for _, name in ipairs(names) do
    local e = entries[name]
    if e[MODEL] == model and e[TOKEN] ~= VOID and e[DEADLINE] >= now and e[STATE] ~= 'draining' then
      serves = true
      if e[STATE] == 'ready' and e[ROOM] > most then best, most = name, e[ROOM] end
    end
  end
  return serves, best, best and entries[best]
end

-- There is work; the next nudge goes to another worker, until this one says anew how much room it has.
local function nudge_for_work(model, now)
  local serves, worker, entry = who_serves(model, now)
  if worker then
    nudge(worker, 'work', '', now)
    entry[ROOM] = entry[ROOM] - 1
    put_entry(KEY.workers, worker, entry)
  end
  return serves
end
