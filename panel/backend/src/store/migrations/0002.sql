-- The volume that a customer's releases were unpacked into: another one is empty, whatever the releases' states say.
CREATE TABLE volume (
  customer TEXT PRIMARY KEY REFERENCES customer(id) ON DELETE CASCADE, uid TEXT NOT NULL
);
