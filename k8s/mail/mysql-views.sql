-- Views for the servers' lookups, over the tables of mysql-schema.sql; run after it, and again without a change.

-- Dovecot's dictionary of auto-replies: `id` moves when the script does, so that a compiled one is known to be old. The key's parts
-- are columns of their own, since `username` has no index.
CREATE OR REPLACE SQL SECURITY INVOKER VIEW sieve_scripts AS
  SELECT domain, local, CONCAT(local, '@', domain) AS username, SHA1(sieve) AS id, sieve AS script FROM virtual_users WHERE sieve <> '';
