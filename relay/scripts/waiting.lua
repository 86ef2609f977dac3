-- How many jobs wait, by model; reads only.

local counts = {}
for _, model in ipairs(redis.call('SMEMBERS', KEY.models)) do
  counts[#counts + 1] = {model, redis.call('ZCARD', KEY.queue(model)) + redis.call('LLEN', KEY.handover(model))}
end
return counts
