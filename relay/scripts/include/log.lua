-- Logs: one stream per response, entry ids are {attempt}-{last number}; each entry follows on the one before.
-- include time

local ENDED = 10  -- tag of the terminal event
local WRITTEN_AS = int(VERSION)  -- as text: Redis would make each number that it is given one, at a price

-- Attempt and number of the log's last event; -1, -1 where there is none.
local function log_last(id)
  local entry = redis.call('XREVRANGE', KEY.log(id), '+', '-', 'COUNT', 1)[1]
  if not entry then return -1, -1 end
  local attempt, last = entry[1]:match('^(%d+)-(%d+)$')
  return tonumber(attempt), tonumber(last), entry[2]
end

-- Skipped if it is not beyond the last: Redis itself refuses such an id, and writes nothing.
local function add_entry(id, attempt, last, after, first, events)
  local reply = redis.pcall('XADD', KEY.log(id), attempt .. '-' .. last,
    'v', WRITTEN_AS, 'a', attempt, 'p', after, 'f', first, 'e', events)
  if type(reply) == 'table' and reply.err and not reply.err:find('equal or smaller', 1, true) then
    error(reply.err)
  end
end

local function add_entries(id, records)
  for _, r in ipairs(records) do
    add_entry(id, int(r.attempt), int(r.last), int(r.after), int(r.first), r.events)
  end
end

-- The status of the terminal event if these events (msgpack) end with it.
local function status_of(events)
  local list = cmsgpack.unpack(events)
  local last = list[#list]
  return last and last[1] == ENDED and last[2] or nil
end

-- Whether a record follows on (attempt, last): 'known', 'next', or 'hole' where something between is missing. Within
-- an attempt numbers have no gap; another attempt begins where the log stood, with a leap.
local function follows_on(attempt, last, r)
  if r.attempt < attempt or r.attempt == attempt and r.last <= last then return 'known' end
  if r.attempt == attempt then return r.first <= last + 1 and 'next' or 'hole' end
  return r.after == last and (r.first ~= r.after + 1 or attempt < 0) and 'next' or 'hole'
end

-- Read `count` records from ARGV, six values each; returns them and the index behind them.
local function records_at(i, count)
  local records = {}
  for _ = 1, count do
    records[#records + 1] = {attempt = tonumber(ARGV[i]), after = tonumber(ARGV[i + 1]),
      first = tonumber(ARGV[i + 2]), last = tonumber(ARGV[i + 3]), events = ARGV[i + 4], status = ARGV[i + 5]}
    i = i + 6
  end
  return records, i
end

-- The events from their `from`-th on.
local function slice(list, from)
  local out = {}
  for i = from, #list do out[#out + 1] = list[i] end
  return out
end

-- Which records the log lacks, up to the first that does not follow; then where the log will stand, the status if it
-- will be complete, and whether all follow.
local function lacking(id, records)
  local attempt, last, fields = log_last(id)
  local status = fields and status_of(fields[10])
  local new = {}
  for _, r in ipairs(records) do
    local how = follows_on(attempt, last, r)
    if how == 'hole' then return new, attempt, last, status, false end
    if how == 'next' then
      if r.attempt == attempt and r.first <= last then
        r.events = cmsgpack.pack(slice(cmsgpack.unpack(r.events), last + 2 - r.first))
        r.after, r.first = last, last + 1
      end
      new[#new + 1] = r
      attempt, last = r.attempt, r.last
      status = r.status ~= '' and r.status or nil
    end
  end
  return new, attempt, last, status, true
end
