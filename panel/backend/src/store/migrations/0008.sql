-- Whose a domain is, and whether its zone is signed (model/ownership.h). Domains of before are taken for proven: they were served.
-- ds and dnskey hold one value a line. dnssec: 0 off, 1 on, 2 off even while the parent has a DS.
ALTER TABLE domain ADD COLUMN ownership TEXT NOT NULL DEFAULT 'pending';
ALTER TABLE domain ADD COLUMN proof TEXT NOT NULL DEFAULT '';
ALTER TABLE domain ADD COLUMN proven_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE domain ADD COLUMN check_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE domain ADD COLUMN unseen_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE domain ADD COLUMN delegated TEXT NOT NULL DEFAULT '';
ALTER TABLE domain ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE domain ADD COLUMN dnssec BIGINT NOT NULL DEFAULT 0;
ALTER TABLE domain ADD COLUMN ds TEXT NOT NULL DEFAULT '';
ALTER TABLE domain ADD COLUMN dnskey TEXT NOT NULL DEFAULT '';
ALTER TABLE domain ADD COLUMN ds_until_ms BIGINT NOT NULL DEFAULT 0;
UPDATE domain SET ownership = 'proven', proof = 'earlier', proven_ms = created_ms;
CREATE INDEX domain_pending ON domain(created_ms) WHERE ownership = 'pending';
