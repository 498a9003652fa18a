-- The site's public address, for the published views. It is a setting of the database, written at each start
-- (ingest/instance/up.py), so that another port or name changes no view and publishes nothing anew.
CREATE FUNCTION archive.site_url() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN current_setting('oivo.site_url');
COMMENT ON FUNCTION archive.site_url() IS 'Address of the site, without a slash at its end';
