-- The grace after a restart of Redis: only `backfill` in its first half, `rejoin` too in its second.
-- include time

local function refuse_in_grace(now, verb)
  local grace = redis.call('HMGET', KEY.run, 'grace_from', 'grace_until')
  local from, till = tonumber(grace[1] or 0), tonumber(grace[2] or 0)
  if now >= till then return nil end
  if verb == 'rejoin' then
    till = (from + till) / 2
    if now >= till then return nil end
  end
  return redis.error_reply('WAIT ' .. int(till - now) .. ' ms')
end
