CREATE TABLE plan (
  id TEXT PRIMARY KEY, cpu TEXT NOT NULL, memory TEXT NOT NULL, storage TEXT NOT NULL,
  volumes BIGINT NOT NULL, sites BIGINT NOT NULL, domains BIGINT NOT NULL, mailboxes BIGINT NOT NULL, databases BIGINT NOT NULL
);
INSERT INTO plan VALUES
  ('small', '500m', '512Mi', '10Gi', 2, 2, 2, 10, 1),
  ('medium', '2', '4Gi', '50Gi', 5, 10, 10, 100, 5),
  ('large', '4', '8Gi', '100Gi', 10, 25, 50, 500, 20);

CREATE TABLE customer (
  id TEXT PRIMARY KEY, uid TEXT NOT NULL UNIQUE, name TEXT NOT NULL, plan TEXT NOT NULL REFERENCES plan(id), cluster TEXT NOT NULL,
  state TEXT NOT NULL, suspend_reason TEXT NOT NULL, generation BIGINT NOT NULL, observed BIGINT NOT NULL, ready BIGINT NOT NULL,
  created_ms BIGINT NOT NULL, updated_ms BIGINT NOT NULL, trashed_ms BIGINT NOT NULL, erase_ms BIGINT NOT NULL,
  due_ms BIGINT NOT NULL, lease_owner TEXT NOT NULL, lease_until_ms BIGINT NOT NULL, fence BIGINT NOT NULL
);
CREATE INDEX customer_due ON customer(due_ms);
CREATE INDEX customer_plan ON customer(plan);

CREATE TABLE site (
  id TEXT PRIMARY KEY, customer TEXT NOT NULL REFERENCES customer(id) ON DELETE CASCADE, runtime TEXT NOT NULL,
  replicas BIGINT NOT NULL, release_id TEXT NOT NULL, generation BIGINT NOT NULL, created_ms BIGINT NOT NULL
);
CREATE INDEX site_customer ON site(customer);
CREATE TABLE hostname (
  name TEXT PRIMARY KEY, site TEXT NOT NULL REFERENCES site(id) ON DELETE CASCADE, customer TEXT NOT NULL, position BIGINT NOT NULL
);
CREATE INDEX hostname_site ON hostname(site);
CREATE TABLE domain (
  name TEXT PRIMARY KEY, customer TEXT NOT NULL REFERENCES customer(id) ON DELETE CASCADE, reversed TEXT NOT NULL, created_ms BIGINT NOT NULL
);
CREATE INDEX domain_customer ON domain(customer);
CREATE INDEX domain_reversed ON domain(reversed);
CREATE TABLE tombstone (
  kind TEXT NOT NULL, name TEXT NOT NULL, customer TEXT NOT NULL REFERENCES customer(id) ON DELETE CASCADE, PRIMARY KEY (kind, name)
);
CREATE INDEX tombstone_customer ON tombstone(customer);
CREATE TABLE site_release (
  id TEXT PRIMARY KEY, site TEXT NOT NULL REFERENCES site(id) ON DELETE CASCADE, sha256 TEXT NOT NULL, media TEXT NOT NULL, size BIGINT NOT NULL,
  state TEXT NOT NULL, message TEXT NOT NULL, created_ms BIGINT NOT NULL, deployed_ms BIGINT NOT NULL
);
CREATE INDEX release_site ON site_release(site, created_ms);

CREATE TABLE operation (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, customer TEXT NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL,
  request_id TEXT NOT NULL, state TEXT NOT NULL, message TEXT NOT NULL, generation BIGINT NOT NULL, created_ms BIGINT NOT NULL,
  updated_ms BIGINT NOT NULL, finished_ms BIGINT NOT NULL, input TEXT NOT NULL, result TEXT NOT NULL
);
CREATE INDEX operation_customer ON operation(customer, seq);
CREATE INDEX operation_open ON operation(state, seq);
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY, at_ms BIGINT NOT NULL, actor TEXT NOT NULL, request_id TEXT NOT NULL, action TEXT NOT NULL, customer TEXT NOT NULL,
  subject TEXT NOT NULL, hash TEXT NOT NULL
);
CREATE TABLE event (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at_ms BIGINT NOT NULL, customer TEXT NOT NULL, type TEXT NOT NULL, reason TEXT NOT NULL, object TEXT NOT NULL, message TEXT NOT NULL
);
CREATE INDEX event_customer ON event(customer, seq);
CREATE TABLE condition (
  customer TEXT NOT NULL REFERENCES customer(id) ON DELETE CASCADE, step TEXT NOT NULL, subject TEXT NOT NULL, status TEXT NOT NULL, reason TEXT NOT NULL,
  message TEXT NOT NULL, since_ms BIGINT NOT NULL, next_try_ms BIGINT NOT NULL, position BIGINT NOT NULL, PRIMARY KEY (customer, step, subject)
);
CREATE TABLE token (
  hash TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, created_ms BIGINT NOT NULL, expires_ms BIGINT NOT NULL
);
CREATE TABLE idempotency (
  key TEXT PRIMARY KEY, request_hash TEXT NOT NULL, status BIGINT NOT NULL, body TEXT NOT NULL, location TEXT NOT NULL, at_ms BIGINT NOT NULL
);
