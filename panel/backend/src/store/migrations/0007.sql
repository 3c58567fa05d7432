-- Secrets that must be read again, each as a box (base/keyring.h) that opens in its own row only. kind: "totp", owner: an account's id;
-- kind "mail", owner: the id of a row of outbox.
CREATE TABLE secret (
  kind TEXT NOT NULL, owner TEXT NOT NULL, key_id TEXT NOT NULL, box TEXT NOT NULL, PRIMARY KEY (kind, owner)
);
CREATE INDEX secret_key ON secret(key_id);
-- The second factor at sign-in; active 0: not confirmed by a code yet. last_step: the newest time step whose code was used, each is good once.
CREATE TABLE totp (
  account TEXT PRIMARY KEY REFERENCES account(id) ON DELETE CASCADE, active BIGINT NOT NULL, last_step BIGINT NOT NULL
);
CREATE TABLE recovery_code (
  account TEXT NOT NULL REFERENCES account(id) ON DELETE CASCADE, hash TEXT NOT NULL, PRIMARY KEY (account, hash)
);
-- Mail that waits to be sent. What it says is in secret.
CREATE TABLE outbox (
  id TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES account(id) ON DELETE CASCADE, kind TEXT NOT NULL, recipient TEXT NOT NULL,
  created_ms BIGINT NOT NULL, expires_ms BIGINT NOT NULL, due_ms BIGINT NOT NULL, attempts BIGINT NOT NULL
);
CREATE INDEX outbox_due ON outbox(due_ms);
CREATE INDEX outbox_account ON outbox(account);
