-- Folding: what a worker's batches hold beyond the logs, from the inboxes of the jobs' destinations, as log entries.
-- include log

local CHUNK = 16  -- batches

-- Add one record of a batch to what is folded of its response so far.
local function fold_record(f, r)
  if follows_on(f.attempt, f.last, r) ~= 'next' then return end
  local new = r.attempt == f.attempt and slice(r.list, f.last + 2 - r.first) or r.list
  local open = f.records[#f.records]
  if open and open.attempt == r.attempt then
    for _, event in ipairs(new) do open.list[#open.list + 1] = event end
    open.last = r.last
  else
    local goes_on = r.attempt == f.attempt
    f.records[#f.records + 1] = {attempt = r.attempt, after = goes_on and f.last or r.after,
      first = goes_on and f.last + 1 or r.first, last = r.last, list = slice(new, 1)}
  end
  f.attempt, f.last = r.attempt, r.last
end

-- The newest batches are read first, and no more than needed: where one holds what is known of a response, all before
-- it do. Then they are folded in their order.
local function fold_inbox(gateway, worker, folded, ids)
  local open, left, batches, till = {}, #ids, {}, '+'
  for _, id in ipairs(ids) do open[id] = true end
  while left > 0 do
    local entries = redis.call('XREVRANGE', KEY.inbox(gateway), till, '-', 'COUNT', CHUNK)
    for _, entry in ipairs(entries) do
      if entry[2][4] == worker then
        local batch = cmsgpack.unpack(entry[2][2])[3]
        batches[#batches + 1] = batch
        for _, r in ipairs(batch) do
          local id = r[1]
          if open[id] and follows_on(folded[id].attempt, folded[id].last,
              {attempt = r[2], after = r[3], first = r[4], last = r[4] + #r[5] - 1}) == 'known' then
            open[id] = nil
            left = left - 1
          end
        end
      end
    end
    if #entries < CHUNK then break end
    till = '(' .. entries[#entries][1]
  end
  for i = #batches, 1, -1 do
    for _, r in ipairs(batches[i]) do
      local f = folded[r[1]]
      if f then fold_record(f, {attempt = r[2], after = r[3], first = r[4], last = r[4] + #r[5] - 1, list = r[5]}) end
    end
  end
end

-- For each job {id, destinations}: its records to add to the log, where the log will stand then, and the status if
-- it will be complete.
local function fold(worker, jobs)
  local folded, gateways = {}, {}
  for _, job in ipairs(jobs) do
    local attempt, last, fields = log_last(job.id)
    folded[job.id] = {attempt = attempt, last = last, records = {}, status = fields and status_of(fields[10])}
    for gateway in job.destinations:gmatch('[^\n]+') do
      gateways[gateway] = gateways[gateway] or {}
      table.insert(gateways[gateway], job.id)
    end
  end
  for gateway, ids in pairs(gateways) do fold_inbox(gateway, worker, folded, ids) end
  for _, f in pairs(folded) do
    for _, r in ipairs(f.records) do
      r.events = cmsgpack.pack(r.list)
      local event = r.list[#r.list]
      f.status = event[1] == ENDED and event[2] or nil
    end
  end
  return folded
end
