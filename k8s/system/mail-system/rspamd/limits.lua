-- How much may be submitted in an hour, a recipient counted as one message: by a mailbox, and by all mailboxes of its customer. The
-- numbers come from Postfix (see rspamd.lua); without them the defaults of a small plan hold.
local DEFAULT = { mailbox = 200, customer = 1000 }

-- The customer and both limits; nothing for mail that nobody submitted.
local function told(task)
  if not task:get_user() then return nil end
  local customer, mailbox, all = (task:get_header('X-Berth-Sender') or ''):match('^(%S+) (%d+) (%d+)$')
  return customer or task:get_user():match('@(.*)$') or '', tonumber(mailbox) or DEFAULT.mailbox, tonumber(all) or DEFAULT.customer
end

local function bucket(limit, of)
  return { burst = limit, rate = limit / 3600, message = string.format('The limit of %d messages an hour of your %s is reached', limit, of) }
end

return {
  mailbox = function(task)
    local _, limit = told(task)
    if limit then return 'berth_mailbox:' .. task:get_user():lower(), bucket(limit, 'mailbox') end
  end,
  customer = function(task)
    local customer, _, limit = told(task)
    if limit then return 'berth_customer:' .. customer, bucket(limit, 'organisation') end
  end,
}
