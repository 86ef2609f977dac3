-- Redis's own time, and numbers as text (Lua's tostring keeps 14 digits only).

local function now_ms()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

local function int(n) return string.format('%.0f', n) end
