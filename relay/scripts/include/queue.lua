-- The queue of a model: a sorted set of waiting jobs by turn, fair between users.
--
-- A job's turn is the user's last turn + 1, or the model's clock if that is later: whoever submits many gets every
-- turn, and whoever comes new goes in between. The clock is the latest turn that was leased; each newcomer moves it
-- on a little, so that newcomers keep their order and 1,024 of them at most overtake somebody's second job.

local NEWCOMER = 1 / 1024

local function exact(n) return string.format('%.17g', n) end

local function clock_of(model) return tonumber(redis.call('GET', KEY.clock(model)) or 0) end

local function next_turn(user, model)
  return math.max(clock_of(model), tonumber(redis.call('ZSCORE', KEY.turns(model), user) or 0))
end

-- `turn` was kept in the job before, so that this can be done again.
local function enter_queue(id, user, model, turn)
  if turn == clock_of(model) then redis.call('SET', KEY.clock(model), exact(turn + NEWCOMER)) end
  redis.call('ZADD', KEY.turns(model), 'GT', exact(turn + 1), user)
  redis.call('SADD', KEY.models, model)
  redis.call('ZADD', KEY.queue(model), 'NX', exact(turn), id)
end

-- Leave without having been leased: the user's later jobs move up. The turn becomes infinite in the same command,
-- so that nobody moves up twice.
local function give_up_turn(id, user, model)
  local turn = tonumber(redis.call('ZSCORE', KEY.queue(model), id) or math.huge)
  if turn ~= math.huge then
    local behind = {}
    for _, other in ipairs(redis.call('SMEMBERS', KEY.user(user))) do
      local t = tonumber(redis.call('ZSCORE', KEY.queue(model), other) or 0)
      if t > turn and t < math.huge then behind[#behind + 1] = {t, other} end
    end
    table.sort(behind, function(a, b) return a[1] < b[1] end)
    local moves, free = {}, turn
    for _, b in ipairs(behind) do
      moves[#moves + 1] = exact(free)
      moves[#moves + 1] = b[2]
      free = b[1]
    end
    redis.call('ZADD', KEY.turns(model), 'XX', exact(free), user)
    redis.call('ZADD', KEY.queue(model), 'XX', 'inf', id, unpack(moves))
  end
  redis.call('ZREM', KEY.queue(model), id)
end

-- Forget turns that the clock has passed; with nobody waiting, all of them.
local function tidy_turns(model)
  if redis.call('ZCARD', KEY.queue(model)) > 0 then
    redis.call('ZREMRANGEBYSCORE', KEY.turns(model), '-inf', exact(clock_of(model)))
    return
  end
  local latest = redis.call('ZREVRANGE', KEY.turns(model), 0, 0, 'WITHSCORES')[2]
  if latest then
    redis.call('SET', KEY.clock(model), exact(math.max(clock_of(model), tonumber(latest))))
    redis.call('DEL', KEY.turns(model))
  end
end

local function place_of(id, model)
  local rank = redis.call('ZRANK', KEY.queue(model), id)
  return rank and rank + redis.call('LLEN', KEY.handover(model))
end
