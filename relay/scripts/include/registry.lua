-- Entries of the hashes `workers` and `gateways`: who is there, with which token, until when.
-- include time

local TOKEN, DEADLINE, LATE, MODEL, STATE, ROOM, INFO = 1, 2, 3, 4, 5, 6, 7
local VOID = ''  -- the token of one who lost a job to a higher attempt, or is being taken back

local function entry_of(registry, name)
  local packed = redis.call('HGET', registry, name)
  return packed and cmsgpack.unpack(packed)
end

local function put_entry(registry, name, entry)
  redis.call('HSET', registry, name, cmsgpack.pack(entry))
end

-- The entry if the token is current.
local function current(registry, name, token)
  local entry = entry_of(registry, name)
  if entry and entry[TOKEN] ~= VOID and entry[TOKEN] == token then return entry end
end

local function fenced() return redis.error_reply('FENCED the token is void') end

-- Never given twice, also when Redis has lost the last ones.
local function fresh_token(now)
  local last = tonumber(redis.call('HGET', KEY.run, 'token') or 0)
  return int(math.max(last + 1, now))
end

-- All entries by name, in the order of names.
local function entries_of(registry)
  local flat, names, entries = redis.call('HGETALL', registry), {}, {}
  for i = 1, #flat, 2 do
    names[#names + 1] = flat[i]
    entries[flat[i]] = cmsgpack.unpack(flat[i + 1])
  end
  table.sort(names)
  return names, entries
end
