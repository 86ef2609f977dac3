-- Where jobs stand: for each model how many wait, how many of them were handed over (they go first), and the place of
-- each job that is asked about, from 1 on; 0 where it does not wait. Reads only.

local told, i = {}, 1
while i < #ARGV do
  local model, count = ARGV[i], tonumber(ARGV[i + 1])
  local handed, place_of = redis.call('LRANGE', KEY.handover(model), 0, -1), {}
  for place, id in ipairs(handed) do place_of[id] = place end
  local places = {}
  for j = i + 2, i + 1 + count do
    local place = place_of[ARGV[j]]
    local rank = not place and redis.call('ZRANK', KEY.queue(model), ARGV[j])
    places[#places + 1] = place or (rank and #handed + rank + 1) or 0
  end
  told[#told + 1] = {#handed + redis.call('ZCARD', KEY.queue(model)), #handed, places}
  i = i + 2 + count
end
return told
