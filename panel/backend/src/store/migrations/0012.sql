-- From which scores of Rspamd on a customer's mail goes to Junk and is refused (model/mail.h).
ALTER TABLE customer ADD COLUMN spam_junk BIGINT NOT NULL DEFAULT 6;
ALTER TABLE customer ADD COLUMN spam_reject BIGINT NOT NULL DEFAULT 15;
