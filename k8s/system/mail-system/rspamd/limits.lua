-- How much may be sent in an hour: by a mailbox, and by all mailboxes of its customer. Counted is what is submitted and what Sieve scripts
-- send, in messages, a recipient as one, and in bytes: what cannot be delivered lies in Postfix's queue for days, whose volume is
-- everybody's. The numbers of messages come from Postfix (see rspamd.lua); without them those of a small plan hold.
local logger = require "rspamd_logger"
local lua_redis = require "lua_redis"

local HOUR, MB = 3600, 1000000
local MESSAGES = { mailbox = 200, customer = 1000 }
local BYTES = { mailbox = 500 * MB, customer = 1000 * MB } -- of a queue of 5 GiB

-- Two slots a counter: that of this hour, and that of the last, of which as much counts as the last 60 minutes reach back into it. So no
-- 60 minutes have much more than the limit. All counters have room, and are raised, or none is: then it is the number of the first.
-- KEYS: now, before; ARGV: the part of the hour before, then amount, limit.
local TAKE = [[
  for i = 1, #KEYS / 2 do
    local used = tonumber(redis.call('GET', KEYS[2 * i - 1]) or 0) + tonumber(redis.call('GET', KEYS[2 * i]) or 0) * tonumber(ARGV[1])
    if used + tonumber(ARGV[2 * i]) > tonumber(ARGV[2 * i + 1]) then return i end
  end
  for i = 1, #KEYS / 2 do
    redis.call('INCRBY', KEYS[2 * i - 1], ARGV[2 * i])
    redis.call('EXPIRE', KEYS[2 * i - 1], 7200)
  end
  return 0
]]
local redis = lua_redis.parse_redis_server('berth')
local take = lua_redis.add_redis_script(TAKE, redis)

local function counters(task)
  local user = task:get_user():lower()
  local customer, mailbox, all, own = (task:get_header('X-Berth-Sender') or ''):match('^(%S+) (%d+) (%d+) (%S+)')
  local limits = { mailbox = tonumber(mailbox) or MESSAGES.mailbox, customer = tonumber(all) or MESSAGES.customer }
  local who = { mailbox = own or user, customer = customer or user:match('@(.*)$') or '' }
  local list = {}
  for _, of in ipairs({ 'mailbox', 'customer' }) do
    local name = of == 'customer' and 'organisation' or of
    list[#list + 1] = { key = string.format('berth_%s:%s', of, who[of]), amount = #(task:get_recipients('smtp') or {}), limit = limits[of],
                        told = string.format('The limit of %d messages an hour of your %s is reached', limits[of], name) }
    list[#list + 1] = { key = string.format('berth_%s_bytes:%s', of, who[of]), amount = task:get_size(), limit = BYTES[of],
                        told = string.format('The limit of %d MB an hour of your %s is reached', BYTES[of] / MB, name) }
  end
  return list
end

-- Calls over(task, why) when a limit is reached. Without Valkey there is none.
return function(task, over)
  local list, now = counters(task), os.time()
  local slot, keys, args = math.floor(now / HOUR), {}, { string.format('%.4f', 1 - now % HOUR / HOUR) }
  for _, counter in ipairs(list) do
    keys[#keys + 1] = string.format('%s:%d', counter.key, slot)
    keys[#keys + 1] = string.format('%s:%d', counter.key, slot - 1)
    args[#args + 1] = tostring(counter.amount)
    args[#args + 1] = tostring(counter.limit)
  end
  local function taken(err, first)
    if err then
      logger.errx(task, 'limits are not counted: %s', err)
    elseif list[tonumber(first)] then
      over(task, list[tonumber(first)].told)
    end
  end
  lua_redis.exec_redis_script(take, { task = task, key = keys[1], is_write = true }, taken, keys, args)
end
