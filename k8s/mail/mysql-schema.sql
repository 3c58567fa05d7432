-- The database `mail`: what Postfix, Dovecot and Rspamd look up, written by berthd's step `mail` alone. Runs on MySQL 8.4+ and
-- MariaDB 10.11+, and again without a change. README.md beside it says who reads what.
-- Names and addresses are canonical: lower case, domains as A-labels.

-- A customer, with the token of the reconciler that wrote it last: an older one's writes are refused (fence).
CREATE TABLE IF NOT EXISTS mail_customers (
  id VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  fence BIGINT NOT NULL,
  sending BOOLEAN NOT NULL,          -- false: suspended, nothing is submitted; mail is received
  hourly_limit INT NOT NULL,         -- messages that all mailboxes together may submit in an hour
  spam_header FLOAT NOT NULL,        -- Rspamd's score from which on mail goes to Junk
  spam_reject FLOAT NOT NULL         -- and from which on it is refused
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
  sieve TEXT CHARACTER SET utf8mb4 NOT NULL,  -- the auto-reply, as a Sieve script; '' none
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
