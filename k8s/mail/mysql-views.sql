-- What the servers look up beside the tables of mysql-schema.sql; run after it, and again without a change.

-- Dovecot's dictionary knows a mailbox by its whole address, so that is a column with an index.
SET @change = (SELECT IF(COUNT(*) > 0, 'DO 0', 'ALTER TABLE virtual_users
  ADD COLUMN address VARCHAR(318) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin GENERATED ALWAYS AS (CONCAT(local, ''@'', domain)) VIRTUAL,
  ADD KEY virtual_users_address (address)')
  FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'virtual_users' AND column_name = 'address');
PREPARE change_users FROM @change;
EXECUTE change_users;
DEALLOCATE PREPARE change_users;

-- Auto-replies: `id` moves when the script does. Dovecot takes a mailbox without a row for trouble, not for one without a script.
CREATE OR REPLACE SQL SECURITY INVOKER VIEW sieve_scripts AS
  SELECT address, SHA1(sieve) AS id, IF(sieve = '', 'keep;', sieve) AS script FROM virtual_users;
