-- Several processes: who took a customer over from a reconciler that was not heard of any more waits until nothing of that one can
-- come late, and whoever it moved to asks the planes and not its watches for as long; duties that one process at a time has; and the archives of the spool, which one may write while no other deletes it.
ALTER TABLE customer ADD COLUMN settle_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE customer ADD COLUMN holder TEXT NOT NULL DEFAULT '';
ALTER TABLE customer ADD COLUMN moved_ms BIGINT NOT NULL DEFAULT 0;
CREATE TABLE duty (
  name TEXT PRIMARY KEY, owner TEXT NOT NULL, until_ms BIGINT NOT NULL
);
CREATE TABLE archive (
  sha256 TEXT PRIMARY KEY, hold_until_ms BIGINT NOT NULL, drop_until_ms BIGINT NOT NULL
);
CREATE INDEX site_release_sha256 ON site_release(sha256);
INSERT INTO archive SELECT DISTINCT sha256, 0, 0 FROM site_release;
