-- The chain of the audit log. Rows of before were chained in another way (scheme 1). The head is what the next row goes on
-- from; it is one row, and taking it is what puts concurrent writers in a row.
ALTER TABLE audit ADD COLUMN scheme BIGINT NOT NULL DEFAULT 1;
CREATE INDEX audit_customer ON audit(customer, seq);
CREATE TABLE audit_head (
  seq BIGINT NOT NULL, hash TEXT NOT NULL
);
INSERT INTO audit_head
  SELECT COALESCE((SELECT max(seq) FROM audit), 0), COALESCE((SELECT hash FROM audit ORDER BY seq DESC LIMIT 1), '');
