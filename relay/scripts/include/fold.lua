-- Folding: what a worker's batches hold beyond the logs, from the inboxes of the jobs' destinations, as log entries.
-- include log

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

local function fold_inbox(gateway, worker, folded)
  local from = '-'
  while true do
    local entries = redis.call('XRANGE', KEY.inbox(gateway), from, '+', 'COUNT', 100)
    for _, entry in ipairs(entries) do
      local fields = entry[2]
      if fields[4] == worker then
        for _, r in ipairs(cmsgpack.unpack(fields[2])[3]) do
          local f = folded[r[1]]
          if f then
            fold_record(f, {attempt = r[2], after = r[3], first = r[4], last = r[4] + #r[5] - 1, list = r[5]})
          end
        end
      end
    end
    if #entries < 100 then return end
    from = '(' .. entries[#entries][1]
  end
end

-- For each job {id, destinations}: its records to add to the log, where the log will stand then, and the status if
-- it will be complete.
local function fold(worker, jobs)
  local folded, gateways = {}, {}
  for _, job in ipairs(jobs) do
    local attempt, last, fields = log_last(job.id)
    folded[job.id] = {attempt = attempt, last = last, records = {}, status = fields and status_of(fields[10])}
    for gateway in job.destinations:gmatch('[^\n]+') do gateways[gateway] = true end
  end
  for gateway in pairs(gateways) do fold_inbox(gateway, worker, folded) end
  for _, f in pairs(folded) do
    for _, r in ipairs(f.records) do
      r.events = cmsgpack.pack(r.list)
      local event = r.list[#r.list]
      f.status = event[1] == ENDED and event[2] or nil
    end
  end
  return folded
end
