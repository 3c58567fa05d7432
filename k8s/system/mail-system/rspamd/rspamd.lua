-- The platform's own rules. Who signed in (Postfix tells the mailbox's name, by SASL) writes as himself, is signed, and stays within
-- his limits; so does a mailbox whose Sieve script writes (Postfix tells the user SIEVE). Of whoever did not, nothing is believed.
local http = require "rspamd_http"
local logger = require "rspamd_logger"
local lua_mime = require "lua_mime"
local ucl = require "ucl"
local count = dofile('/etc/rspamd/local.d/limits.lua')

local VAULT_S = 3.0
local SIEVE = 'sieve' -- in Postfix's master.cf
local settings = rspamd_config:get_all_opt('dkim_signing') -- vault_url and vault_token, from start.sh

local function envelope_from(task)
  return (((task:get_from('smtp') or {})[1] or {}).addr or ''):lower()
end

local function raw_headers(task)
  return '\n' .. tostring(task:get_raw_headers() or '')
end

-- What Sieve sent on: under its first X-Sieve stands whose it was. It begins its answers otherwise, and what a script can write into
-- those comes later.
local function is_redirected(task)
  local second = task:get_user() == SIEVE and raw_headers(task):match('\nX%-Sieve:[^\n]*\n([^\n]*)')
  return second and second:find('^X%-Sieve%-Redirected%-From:') ~= nil
end

-- Has a sender of ours: what was submitted, and answers of Sieve's.
local function is_ours(task)
  return task:get_user() and not is_redirected(task)
end

-- Postfix tells them, the mailbox's own first (BERTH_TOLD).
local function may_write_from(task, from)
  if from == envelope_from(task) or from == task:get_user():lower() then return true end
  local own = (task:get_header('X-Berth-Sender') or ''):match('^%S+ %d+ %d+( .*)$') or ''
  return (own .. ' '):find(' ' .. from .. ' ', 1, true) ~= nil
end

-- One header From with one address: that of the envelope, of which Postfix knows that the mailbox may use it, the mailbox's own, or one
-- of those that lead to it. So what a reader is shown as the sender is the sender's.
local function own_from(task)
  local headers, addresses = task:get_header_full('From') or {}, task:get_from('mime') or {}
  -- with a space before its colon it is another header to Rspamd, and to many readers (RFC 5322, 4.5.2) the same
  local disguised = raw_headers(task):lower():find('[\r\n]from[ \t]+:')
  if disguised or #headers ~= 1 or #addresses ~= 1 or not addresses[1].addr then
    return false, 'one header From with one address is wanted'
  end
  local from = addresses[1].addr:lower()
  if not may_write_from(task, from) then
    return false, string.format('From <%s> is neither the envelope sender nor an address of the mailbox that sends', from)
  end
  return true
end

rspamd_config:register_symbol {
  name = 'BERTH_FROM', type = 'prefilter', priority = 10, score = 0.0, group = 'berth',
  callback = function(task)
    if not is_ours(task) then return end
    local own, why = own_from(task)
    if not own then
      task:insert_result('BERTH_FROM', 1.0, why)
      task:set_pre_result('reject', why, 'berth')
    end
  end,
}

-- What Postfix looked up in the mail database and tells in headers above those of the message: the limits of the mailbox that sends and
-- its addresses (X-Berth-Sender), or the spam limits of the recipient's customer. It always tells, so the first is its own,
-- and what a sender wrote under the same name comes after it. None of them is delivered.
rspamd_config:register_symbol {
  name = 'BERTH_TOLD', type = 'prefilter', priority = 9, score = 0.0, group = 'berth',
  callback = function(task)
    local told = task:get_user() and '' or task:get_header('X-Berth-Spam') or ''
    local junk, reject = told:match('^(%S+) (%S+)$')
    if tonumber(junk) and tonumber(reject) then
      task:set_settings({ actions = { add_header = tonumber(junk), reject = tonumber(reject) } })
    end
    lua_mime.modify_headers(task, { remove = { ['X-Berth-Sender'] = 0, ['X-Berth-Spam'] = 0 } })
  end,
}

-- The keys that sign for a domain now, asked of berthd at each message so that a rotation holds at once. (Rspamd's own use_vault does
-- the same for DKIM, with an error in the log for each answer, and cannot for ARC.)
local function fetch_keys(task, domain, name)
  local function answered(err, code, body)
    local parser = ucl.parser()
    local data = not err and code == 200 and parser:parse_string(body) and parser:get_object().data
    if not data then
      logger.errx(task, 'no keys of %s: %s', domain, err or code)
      return
    end
    local keys = {}
    for _, key in ipairs(data.selectors or {}) do
      local alg = key.key:match('^%-%-%-%-%-BEGIN') and 'rsa' or 'ed25519' -- a PEM, or the bare seed in base64
      keys[#keys + 1] = { domain = key.domain or domain, selector = key.selector, rawkey = key.key, alg = alg }
    end
    if #keys > 0 then task:cache_set(name, keys) end
  end
  http.request {
    task = task, callback = answered, timeout = VAULT_S, keepalive = true,
    url = string.format('%s/v1/dkim/%s', settings.vault_url, domain), headers = { ['X-Vault-Token'] = settings.vault_token },
  }
end

-- Whose keys: of submitted mail the header From's (DKIM); of other mail the recipient's, who may forward it (ARC). What Sieve sends on
-- keeps its author, whose signature is not ours to make, and has its seal.
rspamd_config:register_symbol {
  name = 'BERTH_KEYS', type = 'prefilter', priority = 5, score = 0.0, group = 'berth',
  callback = function(task)
    local ours = is_ours(task)
    local address = ((ours and task:get_from('mime') or task:get_recipients('smtp')) or {})[1] or {}
    local domain = (address.domain or ''):lower()
    if task:has_pre_result() or is_redirected(task) or not domain:match('^[a-z0-9.-]+$') then return end
    fetch_keys(task, domain, ours and 'berth_dkim' or 'berth_arc')
  end,
}

-- Submitted mail leaves signed or not at all: while berthd gives no key, the sender comes again.
rspamd_config:register_symbol {
  name = 'BERTH_UNSIGNED', type = 'postfilter', priority = 5, score = 0.0, group = 'berth',
  callback = function(task)
    local action = task:get_metric_action()
    if not is_ours(task) or task:has_symbol('DKIM_SIGNED') or action == 'reject' or action == 'soft reject' then return end
    task:insert_result('BERTH_UNSIGNED', 1.0)
    task:set_pre_result('soft reject', 'The signing key of your domain is not at hand, please try again later', 'berth')
  end,
}

-- Over a limit of an hour a program is asked to wait. A script cannot: the message that it works on would wait with it. So its answer
-- is dropped, and what it would send on stays in the mailbox.
local function over_limit(task, why)
  task:insert_result('BERTH_LIMIT', 1.0, why)
  task:set_pre_result(task:get_user() == SIEVE and 'reject' or 'soft reject', why, 'berth')
end

-- The last: what is refused for something else does not count.
rspamd_config:register_symbol {
  name = 'BERTH_LIMIT', type = 'postfilter', priority = 10, score = 0.0, group = 'berth',
  callback = function(task)
    local action = task:get_metric_action()
    if task:get_user() and action ~= 'reject' and action ~= 'soft reject' then count(task, over_limit) end
  end,
}
