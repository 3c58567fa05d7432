-- What the last pass of a customer that ended well had compared and found right, as hashes (reconcile/compared.h); and the key of
-- these hashes, which all processes and the next ones share.
CREATE TABLE compared (
  customer TEXT PRIMARY KEY REFERENCES customer(id) ON DELETE CASCADE, hashes TEXT NOT NULL
);
CREATE TABLE installation (name TEXT PRIMARY KEY, value TEXT NOT NULL);
