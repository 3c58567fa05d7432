-- Mail (model/mail.h). A domain's mail is a switch. forwards and targets hold an address a line; local '*' is the catch-all.
-- The private half of a DKIM key is a secret of kind "dkim", owner: DOMAIN/SELECTOR.
ALTER TABLE domain ADD COLUMN mail BIGINT NOT NULL DEFAULT 0;
ALTER TABLE domain ADD COLUMN dkim_rotate_ms BIGINT NOT NULL DEFAULT 0;
CREATE TABLE mailbox (
  domain TEXT NOT NULL REFERENCES domain(name) ON DELETE CASCADE, local TEXT NOT NULL, customer TEXT NOT NULL, name TEXT NOT NULL,
  password TEXT NOT NULL, quota BIGINT NOT NULL, active BIGINT NOT NULL, forwards TEXT NOT NULL, keep BIGINT NOT NULL,
  reply BIGINT NOT NULL, reply_subject TEXT NOT NULL, reply_text TEXT NOT NULL, reply_from_ms BIGINT NOT NULL, reply_until_ms BIGINT NOT NULL,
  version BIGINT NOT NULL, created_ms BIGINT NOT NULL, PRIMARY KEY (domain, local)
);
CREATE INDEX mailbox_customer ON mailbox(customer);
CREATE INDEX mailbox_address ON mailbox((local || '@' || domain));
CREATE TABLE mail_alias (
  domain TEXT NOT NULL REFERENCES domain(name) ON DELETE CASCADE, local TEXT NOT NULL, customer TEXT NOT NULL, targets TEXT NOT NULL,
  version BIGINT NOT NULL, created_ms BIGINT NOT NULL, PRIMARY KEY (domain, local)
);
CREATE INDEX mail_alias_customer ON mail_alias(customer);
CREATE INDEX mail_alias_address ON mail_alias((local || '@' || domain));
CREATE TABLE dkim_key (
  domain TEXT NOT NULL REFERENCES domain(name) ON DELETE CASCADE, selector TEXT NOT NULL, algorithm TEXT NOT NULL, state TEXT NOT NULL,
  public_key TEXT NOT NULL, created_ms BIGINT NOT NULL, published_ms BIGINT NOT NULL, signing_ms BIGINT NOT NULL, retired_ms BIGINT NOT NULL,
  PRIMARY KEY (domain, selector)
);
