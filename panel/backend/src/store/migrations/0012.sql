-- What a plan allows of mail beside the number of mailboxes: the sum of their quotas, as much as they have with the usual quota, and
-- the number of aliases.
ALTER TABLE plan ADD COLUMN mail_storage TEXT NOT NULL DEFAULT '10Gi';
ALTER TABLE plan ADD COLUMN aliases BIGINT NOT NULL DEFAULT 100;
UPDATE plan SET mail_storage = CAST(mailboxes AS TEXT) || 'Gi' WHERE mailboxes > 0;
UPDATE plan SET aliases = 10 * mailboxes WHERE mailboxes > 10 AND mailboxes <= 10000;
UPDATE plan SET aliases = 100000 WHERE mailboxes > 10000;
