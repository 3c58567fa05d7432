-- Berth's own addition to PowerDNS's database: whoever changes a zone or its keys, a notification with the zone's name goes out on the
-- channel berth_zone, so that a change by hand is seen at once. The role berth_listen may listen and read nothing.
-- Needs the variable listen_password. Running it again changes nothing.

CREATE OR REPLACE FUNCTION berth_zone_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
  zone text;
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    PERFORM pg_notify('berth_zone', '*'); -- every zone
    RETURN NULL;
  END IF;
  -- A row that moves from one zone to another concerns both.
  IF TG_TABLE_NAME = 'domains' THEN
    FOR zone IN SELECT name FROM (VALUES (OLD.name), (NEW.name)) AS v(name) WHERE name IS NOT NULL LOOP
      PERFORM pg_notify('berth_zone', zone);
    END LOOP;
  ELSE
    FOR zone IN SELECT name FROM domains WHERE id IN (OLD.domain_id, NEW.domain_id) LOOP
      PERFORM pg_notify('berth_zone', zone);
    END LOOP;
  END IF;
  RETURN NULL;
END
$$;

-- Comments hold the mark by which Berth knows its own RRsets again.
CREATE OR REPLACE TRIGGER berth_zone_changed AFTER INSERT OR UPDATE OR DELETE ON records
  FOR EACH ROW EXECUTE FUNCTION berth_zone_changed();
CREATE OR REPLACE TRIGGER berth_zone_changed AFTER INSERT OR UPDATE OR DELETE ON comments
  FOR EACH ROW EXECUTE FUNCTION berth_zone_changed();
-- Keys of signed zones, and how they are signed (NSEC3).
CREATE OR REPLACE TRIGGER berth_zone_changed AFTER INSERT OR UPDATE OR DELETE ON cryptokeys
  FOR EACH ROW EXECUTE FUNCTION berth_zone_changed();
CREATE OR REPLACE TRIGGER berth_zone_changed AFTER INSERT OR UPDATE OR DELETE ON domainmetadata
  FOR EACH ROW EXECUTE FUNCTION berth_zone_changed();
CREATE OR REPLACE TRIGGER berth_zone_changed AFTER INSERT OR UPDATE OF name OR DELETE ON domains
  FOR EACH ROW EXECUTE FUNCTION berth_zone_changed();
CREATE OR REPLACE TRIGGER berth_zones_emptied AFTER TRUNCATE ON records
  FOR EACH STATEMENT EXECUTE FUNCTION berth_zone_changed();
CREATE OR REPLACE TRIGGER berth_zones_emptied AFTER TRUNCATE ON comments
  FOR EACH STATEMENT EXECUTE FUNCTION berth_zone_changed();
CREATE OR REPLACE TRIGGER berth_zones_emptied AFTER TRUNCATE ON cryptokeys
  FOR EACH STATEMENT EXECUTE FUNCTION berth_zone_changed();
CREATE OR REPLACE TRIGGER berth_zones_emptied AFTER TRUNCATE ON domainmetadata
  FOR EACH STATEMENT EXECUTE FUNCTION berth_zone_changed();
CREATE OR REPLACE TRIGGER berth_zones_emptied AFTER TRUNCATE ON domains
  FOR EACH STATEMENT EXECUTE FUNCTION berth_zone_changed();

SELECT 'CREATE ROLE berth_listen LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'berth_listen') \gexec
ALTER ROLE berth_listen PASSWORD :'listen_password';
