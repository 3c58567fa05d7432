-- Users ("user" is a word of SQL, so: accounts), whose customers they may see, their one-time links, and failed sign-ins.
CREATE TABLE account (
  id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL, role TEXT NOT NULL, password TEXT NOT NULL, generation BIGINT NOT NULL,
  created_ms BIGINT NOT NULL, updated_ms BIGINT NOT NULL
);
CREATE TABLE account_customer (
  account TEXT NOT NULL REFERENCES account(id) ON DELETE CASCADE, customer TEXT NOT NULL REFERENCES customer(id) ON DELETE CASCADE,
  PRIMARY KEY (account, customer)
);
CREATE INDEX account_customer_customer ON account_customer(customer);
CREATE TABLE link (
  hash TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES account(id) ON DELETE CASCADE, expires_ms BIGINT NOT NULL
);
CREATE INDEX link_account ON link(account);
CREATE TABLE attempt (
  key TEXT PRIMARY KEY, failures BIGINT NOT NULL, last_ms BIGINT NOT NULL, retry_ms BIGINT NOT NULL
);
-- Account '' is the installation's own: the token of the first start. A session that a token was exchanged for has its id.
ALTER TABLE token ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE token ADD COLUMN account TEXT NOT NULL DEFAULT '';
ALTER TABLE token ADD COLUMN scope TEXT NOT NULL DEFAULT 'read write';
ALTER TABLE token ADD COLUMN customer TEXT NOT NULL DEFAULT '';
UPDATE token SET id = 't' || substr(hash, 1, 15);
CREATE INDEX token_id ON token(id);
