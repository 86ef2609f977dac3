-- For each model with jobs that wait: how many, how many of them are between two workers, and for how many ms the oldest
-- of the others has waited (of the first thousand in line; empty: there is none). Reads only.
-- include time

local now, found = now_ms(), {}
for _, model in ipairs(redis.call('SMEMBERS', KEY.models)) do
  local waiting, handed_over = redis.call('ZCARD', KEY.queue(model)), redis.call('LLEN', KEY.handover(model))
  local oldest
  for _, id in ipairs(redis.call('ZRANGE', KEY.queue(model), 0, 999)) do
    local queued_at = tonumber(redis.call('HGET', KEY.job(id), 'queued_at'))
    if queued_at and (not oldest or queued_at < oldest) then oldest = queued_at end
  end
  if waiting + handed_over > 0 then
    found[#found + 1] = {model, waiting + handed_over, handed_over, oldest and int(math.max(0, now - oldest)) or ''}
  end
end
return found
