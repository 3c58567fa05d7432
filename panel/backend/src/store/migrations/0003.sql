-- What customers ask for in their zones (model/record.h). content: one value a line; no value has a line's end in it.
CREATE TABLE rrset (
  domain TEXT NOT NULL REFERENCES domain(name) ON DELETE CASCADE, name TEXT NOT NULL, type TEXT NOT NULL, ttl BIGINT NOT NULL,
  content TEXT NOT NULL, version BIGINT NOT NULL, PRIMARY KEY (domain, name, type)
);
