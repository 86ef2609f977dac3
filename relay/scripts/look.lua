-- Followers of some jobs, and whether they are cancelled; reads only.
-- include jobs

local seen = {}
for _, id in ipairs(ARGV) do
  local cancelled = redis.call('HGET', KEY.job(id), 'cancelled')
  if cancelled then seen[#seen + 1] = {id, followers_of(id), cancelled ~= '' and 1 or 0} end
end
return seen
