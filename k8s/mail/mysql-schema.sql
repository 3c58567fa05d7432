-- The database `mail`: what Postfix, Dovecot and Rspamd look up, written by berthd's step `mail` alone. Written for MySQL 8.4+ and
-- MariaDB 10.11+, tested on both; run again it changes nothing. Every statement is one, so that no client's DELIMITER is needed.
-- It is run by a user with SUPER. README.md beside it says who reads what.
-- Names and addresses are canonical: lower case, domains as A-labels.

-- A customer, with the token of the reconciler that wrote it last: an older one's writes are refused (fence). After a restore
-- of berthd's store from a backup, whose tokens are lower: UPDATE mail_customers SET fence = 0.
CREATE TABLE IF NOT EXISTS mail_customers (
  id VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  fence BIGINT NOT NULL,
  sending BOOLEAN NOT NULL,          -- false: suspended, nothing is submitted; mail is received
  hourly_limit INT NOT NULL,         -- messages that all mailboxes together may submit in an hour; 0: in the trash
  spam_header DECIMAL(6,2) NOT NULL, -- Rspamd's score from which on mail goes to Junk
  spam_reject DECIMAL(6,2) NOT NULL  -- and from which on it is refused
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS virtual_domains (
  name VARCHAR(253) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  customer_id VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  active BOOLEAN NOT NULL,           -- false: in the trash, nothing is received
  CONSTRAINT virtual_domains_customer FOREIGN KEY (customer_id) REFERENCES mail_customers(id) ON DELETE CASCADE
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS virtual_users (
  domain VARCHAR(253) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  local VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  password VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,  -- with its scheme: {ARGON2ID}$argon2id$...; '' signs nobody in
  quota_bytes BIGINT NOT NULL,
  active BOOLEAN NOT NULL,           -- false: nobody signs in or sends; mail is received
  hourly_limit INT NOT NULL,         -- messages that it may submit in an hour
  sieve MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,  -- the auto-reply, as a Sieve script; '' none
  created BIGINT NOT NULL,           -- Unix ms: a mailbox that was deleted and made again is another one
  PRIMARY KEY (domain, local),
  CONSTRAINT virtual_users_domain FOREIGN KEY (domain) REFERENCES virtual_domains(name) ON DELETE CASCADE
) ENGINE=InnoDB;

-- Where mail to an address goes, an address a row. local '' is the catch-all. A mailbox that forwards and keeps names itself.
CREATE TABLE IF NOT EXISTS virtual_aliases (
  domain VARCHAR(253) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  local VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  destination VARCHAR(320) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (domain, local, destination),
  CONSTRAINT virtual_aliases_domain FOREIGN KEY (domain) REFERENCES virtual_domains(name) ON DELETE CASCADE
) ENGINE=InnoDB;

-- Which keys sign a domain's mail now, two rows (RSA and Ed25519). For people and checks: keys themselves are never here,
-- Rspamd asks berthd for them.
CREATE TABLE IF NOT EXISTS dkim_selectors (
  domain VARCHAR(253) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  selector VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  algorithm VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (domain, selector),
  CONSTRAINT dkim_selectors_domain FOREIGN KEY (domain) REFERENCES virtual_domains(name) ON DELETE CASCADE
) ENGINE=InnoDB;

-- Whose files are to be removed: of a mailbox, or of all the domain (local ''). berthd writes a row when it removes the mailbox's or
-- domain's; who keeps the files deletes it again when /var/mail/vhosts/DOMAIN/LOCAL is gone, if `at` is still what it has read.
-- Until then no mailbox of that name is made again: it would inherit the mail of the one before.
CREATE TABLE IF NOT EXISTS mail_removed (
  domain VARCHAR(253) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  local VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (domain, local)
) ENGINE=InnoDB;

-- Whose sessions are to be ended, since their password is another one, or they may not sign in any more: of a mailbox, or of all the
-- domain (local ''). Triggers write it, whoever makes the change; beside Dovecot it is read, and a row deleted when its sessions are.
CREATE TABLE IF NOT EXISTS mail_kicks (
  domain VARCHAR(253) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  local VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (domain, local)
) ENGINE=InnoDB;
CREATE TRIGGER IF NOT EXISTS virtual_users_kick AFTER UPDATE ON virtual_users FOR EACH ROW
  INSERT INTO mail_kicks (domain, local) SELECT NEW.domain, NEW.local FROM DUAL WHERE OLD.password <> NEW.password OR (OLD.active AND NOT NEW.active)
  ON DUPLICATE KEY UPDATE at = CURRENT_TIMESTAMP(6);
CREATE TRIGGER IF NOT EXISTS virtual_domains_kick AFTER UPDATE ON virtual_domains FOR EACH ROW
  INSERT INTO mail_kicks (domain, local) SELECT NEW.name, '' FROM DUAL WHERE OLD.active AND NOT NEW.active
  ON DUPLICATE KEY UPDATE at = CURRENT_TIMESTAMP(6);

-- Changes that somebody else than berthd has made. berthd reads mail_counter, one row, every second; when it has moved, mail_changes
-- says whose rows were changed, at most one row a customer. Its row's lock makes the numbers come in the order of the commits.
-- berthd's own connections set @berth_writes. Neither TRUNCATE nor a cascade runs triggers: a cascade's parent row does, and what is
-- left is found by the next pass.
CREATE TABLE IF NOT EXISTS mail_counter (
  id INT NOT NULL PRIMARY KEY,
  seq BIGINT NOT NULL
) ENGINE=InnoDB;
INSERT INTO mail_counter (id, seq) SELECT 1, 0 FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM mail_counter);
CREATE TABLE IF NOT EXISTS mail_changes (
  customer_id VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  seq BIGINT NOT NULL,
  KEY mail_changes_seq (seq)
) ENGINE=InnoDB;

CREATE TRIGGER IF NOT EXISTS mail_changes_count BEFORE INSERT ON mail_changes FOR EACH ROW
  UPDATE mail_counter SET seq = seq + 1 WHERE id = 1;
CREATE TRIGGER IF NOT EXISTS mail_changes_number BEFORE INSERT ON mail_changes FOR EACH ROW FOLLOWS mail_changes_count
  SET NEW.seq = (SELECT seq FROM mail_counter WHERE id = 1);

CREATE TRIGGER IF NOT EXISTS mail_customers_insert AFTER INSERT ON mail_customers FOR EACH ROW
  REPLACE INTO mail_changes (customer_id, seq) SELECT NEW.id, 0 FROM DUAL WHERE @berth_writes IS NULL;
CREATE TRIGGER IF NOT EXISTS mail_customers_update AFTER UPDATE ON mail_customers FOR EACH ROW
  REPLACE INTO mail_changes (customer_id, seq) SELECT OLD.id, 0 FROM DUAL WHERE @berth_writes IS NULL UNION SELECT NEW.id, 0 FROM DUAL WHERE @berth_writes IS NULL;
CREATE TRIGGER IF NOT EXISTS mail_customers_delete AFTER DELETE ON mail_customers FOR EACH ROW
  REPLACE INTO mail_changes (customer_id, seq) SELECT OLD.id, 0 FROM DUAL WHERE @berth_writes IS NULL;
CREATE TRIGGER IF NOT EXISTS virtual_domains_insert AFTER INSERT ON virtual_domains FOR EACH ROW
  REPLACE INTO mail_changes (customer_id, seq) SELECT NEW.customer_id, 0 FROM DUAL WHERE @berth_writes IS NULL;
CREATE TRIGGER IF NOT EXISTS virtual_domains_update AFTER UPDATE ON virtual_domains FOR EACH ROW
  REPLACE INTO mail_changes (customer_id, seq) SELECT OLD.customer_id, 0 FROM DUAL WHERE @berth_writes IS NULL UNION SELECT NEW.customer_id, 0 FROM DUAL WHERE @berth_writes IS NULL;
CREATE TRIGGER IF NOT EXISTS virtual_domains_delete AFTER DELETE ON virtual_domains FOR EACH ROW
  REPLACE INTO mail_changes (customer_id, seq) SELECT OLD.customer_id, 0 FROM DUAL WHERE @berth_writes IS NULL;
CREATE TRIGGER IF NOT EXISTS virtual_users_insert AFTER INSERT ON virtual_users FOR EACH ROW
  REPLACE INTO mail_changes (customer_id, seq) SELECT DISTINCT customer_id, 0 FROM virtual_domains WHERE @berth_writes IS NULL AND name IN (NEW.domain);
CREATE TRIGGER IF NOT EXISTS virtual_users_update AFTER UPDATE ON virtual_users FOR EACH ROW
  REPLACE INTO mail_changes (customer_id, seq) SELECT DISTINCT customer_id, 0 FROM virtual_domains WHERE @berth_writes IS NULL AND name IN (OLD.domain, NEW.domain);
CREATE TRIGGER IF NOT EXISTS virtual_users_delete AFTER DELETE ON virtual_users FOR EACH ROW
  REPLACE INTO mail_changes (customer_id, seq) SELECT DISTINCT customer_id, 0 FROM virtual_domains WHERE @berth_writes IS NULL AND name IN (OLD.domain);
CREATE TRIGGER IF NOT EXISTS virtual_aliases_insert AFTER INSERT ON virtual_aliases FOR EACH ROW
  REPLACE INTO mail_changes (customer_id, seq) SELECT DISTINCT customer_id, 0 FROM virtual_domains WHERE @berth_writes IS NULL AND name IN (NEW.domain);
CREATE TRIGGER IF NOT EXISTS virtual_aliases_update AFTER UPDATE ON virtual_aliases FOR EACH ROW
  REPLACE INTO mail_changes (customer_id, seq) SELECT DISTINCT customer_id, 0 FROM virtual_domains WHERE @berth_writes IS NULL AND name IN (OLD.domain, NEW.domain);
CREATE TRIGGER IF NOT EXISTS virtual_aliases_delete AFTER DELETE ON virtual_aliases FOR EACH ROW
  REPLACE INTO mail_changes (customer_id, seq) SELECT DISTINCT customer_id, 0 FROM virtual_domains WHERE @berth_writes IS NULL AND name IN (OLD.domain);
CREATE TRIGGER IF NOT EXISTS dkim_selectors_insert AFTER INSERT ON dkim_selectors FOR EACH ROW
  REPLACE INTO mail_changes (customer_id, seq) SELECT DISTINCT customer_id, 0 FROM virtual_domains WHERE @berth_writes IS NULL AND name IN (NEW.domain);
CREATE TRIGGER IF NOT EXISTS dkim_selectors_update AFTER UPDATE ON dkim_selectors FOR EACH ROW
  REPLACE INTO mail_changes (customer_id, seq) SELECT DISTINCT customer_id, 0 FROM virtual_domains WHERE @berth_writes IS NULL AND name IN (OLD.domain, NEW.domain);
CREATE TRIGGER IF NOT EXISTS dkim_selectors_delete AFTER DELETE ON dkim_selectors FOR EACH ROW
  REPLACE INTO mail_changes (customer_id, seq) SELECT DISTINCT customer_id, 0 FROM virtual_domains WHERE @berth_writes IS NULL AND name IN (OLD.domain);
