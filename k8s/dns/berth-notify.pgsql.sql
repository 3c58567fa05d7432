-- Berth's own addition to PowerDNS's database: whoever changes a zone, a notification with the zone's name goes out on the
-- channel berth_zone, so that a change by hand is seen at once. The role berth_listen may listen and read nothing.
-- Needs the variable listen_password. Running it again changes nothing.

CREATE OR REPLACE FUNCTION berth_zone_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
  zone text;
  zone_id int;
BEGIN
  IF TG_TABLE_NAME = 'domains' THEN
    zone := CASE WHEN TG_OP = 'DELETE' THEN OLD.name ELSE NEW.name END;
  ELSE
    zone_id := CASE WHEN TG_OP = 'DELETE' THEN OLD.domain_id ELSE NEW.domain_id END;
    SELECT name INTO zone FROM domains WHERE id = zone_id;
  END IF;
  IF zone IS NOT NULL THEN
    PERFORM pg_notify('berth_zone', zone);
  END IF;
  RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER berth_zone_changed AFTER INSERT OR UPDATE OR DELETE ON records
  FOR EACH ROW EXECUTE FUNCTION berth_zone_changed();
CREATE OR REPLACE TRIGGER berth_zone_changed AFTER INSERT OR DELETE ON domains
  FOR EACH ROW EXECUTE FUNCTION berth_zone_changed();

SELECT 'CREATE ROLE berth_listen LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'berth_listen') \gexec
ALTER ROLE berth_listen PASSWORD :'listen_password';
