-- Bulk changes: one operation for many objects. Its items are written with it, and each is then carried out in a transaction
-- of its own, with an operation of its own (child). state: waiting, accepted, refused.
CREATE TABLE bulk (
  operation TEXT PRIMARY KEY, account TEXT NOT NULL, customer TEXT NOT NULL, kind TEXT NOT NULL, change TEXT NOT NULL
);
CREATE TABLE bulk_item (
  operation TEXT NOT NULL REFERENCES bulk(operation) ON DELETE CASCADE, position BIGINT NOT NULL, object TEXT NOT NULL, state TEXT NOT NULL,
  message TEXT NOT NULL, child TEXT NOT NULL, PRIMARY KEY (operation, position)
);
CREATE INDEX bulk_item_state ON bulk_item(operation, state, position);
