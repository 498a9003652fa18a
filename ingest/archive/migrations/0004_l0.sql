-- OiDB with raw exposures as its level 0.

-- What oidb.oidb has a row of: a granule, or an exposure whose frame is not gone. Here is what rows are found, matched
-- and sorted by; all else stays where it was and is joined. A view that unites granules and exposures would do
-- without, but PostgreSQL (15) neither sorts nor matches an upload through the indexes below a union of joins: on
-- 340,000 exposures the newest 100 took 300 ms instead of 1 ms, and a match of 2 positions 670 ms instead of 0.5 ms.
-- Triggers keep it, whoever writes.
CREATE TABLE archive.dataset (
    -- the granule's, or the exposure's: one series
    id              bigint PRIMARY KEY,
    level           smallint NOT NULL,
    collection_id   text NOT NULL,
    publisher_did   text NOT NULL UNIQUE,
    obs_id          text,
    file_name       text,
    progid          text,
    target_name     text NOT NULL,
    s_ra            double precision,
    s_dec           double precision,
    t_min           double precision,
    t_max           double precision,
    instrument      text,
    instrument_name text NOT NULL,
    region_id       bigint
);

-- Regions of the sky: an index of pgsphere's polygons costs 0.2 ms for each corner of each row, 5 min for all
-- exposures but some seconds for their targets. The id is the target's, or that of a granule with a minus sign.
CREATE TABLE archive.region (
    id    bigint PRIMARY KEY,
    shape spoly NOT NULL
);

-- Small functions for views --------------------------------------------------------------------------------------

-- A square of 1 arcsec from centre to corner around a position: ingest.region.polygon_around, with half the corners,
-- since their number decides what regions cost.
CREATE FUNCTION archive.small_region(alpha double precision, delta double precision) RETURNS spoly
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT CAST('{' || string_agg(format('(%sd,%sd)',
        round(CAST(lon - 360 * floor(lon / 360) AS numeric), 9), round(CAST(lat AS numeric), 9)), ',' ORDER BY corner)
        || '}' AS spoly)
    FROM (SELECT corner, alpha + degrees(atan2(east, cosd(delta) * cos(r) - sind(delta) * north)) AS lon,
              degrees(atan2(sind(delta) * cos(r) + cosd(delta) * north,
                  sqrt(power(cosd(delta) * cos(r) - sind(delta) * north, 2) + power(east, 2)))) AS lat
          FROM (SELECT corner, r, sin(r) * cosd(90 * corner) AS north, sin(r) * sind(90 * corner) AS east
                FROM radians(1 / 3600.0) AS r, generate_series(0, 3) AS corner) AS offsets) AS corners
$$;

-- Where ESO delivers a frame: as its archive said, or by the identifier; NULL for what is not there.
CREATE FUNCTION archive.raw_url(url text, header_id text, interferometer text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(url, CASE WHEN interferometer = 'VLTI'
        AND header_id ~ '^[A-Z]{2,12}[.][0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3,4}$'
        THEN 'https://dataportal.eso.org/dataPortal/file/' || header_id END)
$$;

-- A text of printable ASCII as a part of a path.
CREATE FUNCTION archive.url_part(part text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT CASE WHEN part ~ '^[A-Za-z0-9._:~-]*$' THEN part ELSE (
        SELECT string_agg(CASE WHEN letter ~ '[A-Za-z0-9._:~-]' THEN letter
            ELSE '%' || upper(to_hex(ascii(letter))) END, '' ORDER BY place)
        FROM regexp_split_to_table(part, '') WITH ORDINALITY AS letters(letter, place)) END
$$;

-- Length and position angle (north through east, 0 to 360 degrees) of a vector on the sky; an angle within half a turn.
CREATE FUNCTION archive.length_of(u real, v real) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT sqrt(power(CAST(u AS double precision), 2) + power(CAST(v AS double precision), 2))
$$;
CREATE FUNCTION archive.angle_of(u real, v real) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT atan2d(u, v) - 360 * floor(atan2d(u, v) / 360)
$$;
CREATE FUNCTION archive.turn(angle double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT angle - 360 * round(angle / 360)
$$;

-- Date of the evening, local noon to local noon; longitudes of resdir/stations/arrays.toml.
CREATE FUNCTION archive.local_night(interferometer text, mjd double precision) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT DATE '1858-11-17' + CAST(floor(mjd - 0.5 + CASE interferometer
        WHEN 'VLTI' THEN -70.40498688 WHEN 'CHARA' THEN -118.05703131 END / 360) AS integer)
$$;

-- Photometric bands that make up 2 % or more of a range of wavelengths (m); edges of ingest.oifits.names.
CREATE FUNCTION archive.bands_of(em_min double precision, em_max double precision) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(letter, ' ' ORDER BY low), '')
    FROM (VALUES (0.30, 0.39, 'U'), (0.39, 0.49, 'B'), (0.49, 0.59, 'V'), (0.59, 0.73, 'R'), (0.73, 1.00, 'I'),
        (1.00, 1.40, 'J'), (1.40, 1.90, 'H'), (1.90, 2.60, 'K'), (2.60, 4.20, 'L'), (4.20, 6.00, 'M'),
        (7.00, 14.5, 'N'), (16.0, 28.0, 'Q')) AS band(low, high, letter)
    WHERE least(em_max * 1e6, high) - greatest(em_min * 1e6, low) >= 0.02 * (em_max - em_min) * 1e6
        AND em_max * 1e6 >= low AND em_min * 1e6 < high
$$;

-- The rows, and what keeps them ----------------------------------------------------------------------------------

CREATE VIEW archive.dataset_of_granule AS
SELECT g.id, f.level, f.collection_id, g.publisher_did, f.obs_id, f.name AS file_name, f.progid, g.target_name,
    g.s_ra, g.s_dec, g.t_min, g.t_max, g.instrument, g.instrument_name,
    CASE WHEN g.s_region IS NOT NULL THEN -g.id END AS region_id
FROM archive.granule AS g JOIN archive.file AS f ON f.id = g.file_id;

CREATE VIEW archive.dataset_of_exposure AS
SELECT e.id, CAST(0 AS smallint) AS level, e.collection_id, e.publisher_did, e.exp_id AS obs_id,
    CAST(NULL AS text) AS file_name, e.prog_id AS progid, coalesce(t.name, e.raw_target) AS target_name,
    t.ra AS s_ra, t.dec AS s_dec, e.mjd_start AS t_min, e.mjd_end AS t_max,
    e.instrument, e.instrument AS instrument_name, t.id AS region_id
FROM archive.exposure AS e
    JOIN archive.frame AS f ON f.id = e.header_id AND f.gone IS NULL
    LEFT JOIN archive.target AS t ON t.id = e.target_id;

-- Bring the datasets with these ids up to date; what does not differ is not written.
CREATE FUNCTION archive.refresh_granules(ids bigint[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO archive.dataset AS d
    SELECT id, level, collection_id, publisher_did, obs_id, file_name, progid, target_name, s_ra, s_dec, t_min, t_max,
        instrument, instrument_name, region_id
    FROM unnest(ids) AS wanted(id) JOIN archive.dataset_of_granule USING (id)
    ON CONFLICT (id) DO UPDATE SET
        (level, collection_id, publisher_did, obs_id, file_name, progid, target_name, s_ra, s_dec, t_min, t_max,
         instrument, instrument_name, region_id)
        = (excluded.level, excluded.collection_id, excluded.publisher_did, excluded.obs_id, excluded.file_name,
           excluded.progid, excluded.target_name, excluded.s_ra, excluded.s_dec, excluded.t_min, excluded.t_max,
           excluded.instrument, excluded.instrument_name, excluded.region_id)
    WHERE (d.level, d.collection_id, d.publisher_did, d.obs_id, d.file_name, d.progid, d.target_name, d.s_ra,
           d.s_dec, d.t_min, d.t_max, d.instrument, d.instrument_name, d.region_id)
        IS DISTINCT FROM
          (excluded.level, excluded.collection_id, excluded.publisher_did, excluded.obs_id, excluded.file_name,
           excluded.progid, excluded.target_name, excluded.s_ra, excluded.s_dec, excluded.t_min, excluded.t_max,
           excluded.instrument, excluded.instrument_name, excluded.region_id)
$$;
CREATE FUNCTION archive.refresh_exposures(ids bigint[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO archive.dataset AS d
    SELECT id, level, collection_id, publisher_did, obs_id, file_name, progid, target_name, s_ra, s_dec, t_min, t_max,
        instrument, instrument_name, region_id
    FROM unnest(ids) AS wanted(id) JOIN archive.dataset_of_exposure USING (id)
    ON CONFLICT (id) DO UPDATE SET
        (level, collection_id, publisher_did, obs_id, file_name, progid, target_name, s_ra, s_dec, t_min, t_max,
         instrument, instrument_name, region_id)
        = (excluded.level, excluded.collection_id, excluded.publisher_did, excluded.obs_id, excluded.file_name,
           excluded.progid, excluded.target_name, excluded.s_ra, excluded.s_dec, excluded.t_min, excluded.t_max,
           excluded.instrument, excluded.instrument_name, excluded.region_id)
    WHERE (d.level, d.collection_id, d.publisher_did, d.obs_id, d.file_name, d.progid, d.target_name, d.s_ra,
           d.s_dec, d.t_min, d.t_max, d.instrument, d.instrument_name, d.region_id)
        IS DISTINCT FROM
          (excluded.level, excluded.collection_id, excluded.publisher_did, excluded.obs_id, excluded.file_name,
           excluded.progid, excluded.target_name, excluded.s_ra, excluded.s_dec, excluded.t_min, excluded.t_max,
           excluded.instrument, excluded.instrument_name, excluded.region_id)
$$;

CREATE FUNCTION archive.granules_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO archive.region AS r SELECT -id, s_region FROM written WHERE s_region IS NOT NULL
    ON CONFLICT (id) DO UPDATE SET shape = excluded.shape WHERE r.shape <> excluded.shape;
    PERFORM archive.refresh_granules(array_agg(id)) FROM written;
    RETURN NULL;
END $$;
CREATE TRIGGER dataset_insert AFTER INSERT ON archive.granule REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION archive.granules_written();
CREATE TRIGGER dataset_update AFTER UPDATE ON archive.granule REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION archive.granules_written();

CREATE FUNCTION archive.exposures_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM archive.refresh_exposures(array_agg(id)) FROM written;
    RETURN NULL;
END $$;
CREATE TRIGGER dataset_insert AFTER INSERT ON archive.exposure REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION archive.exposures_written();
CREATE TRIGGER dataset_update AFTER UPDATE ON archive.exposure REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION archive.exposures_written();

CREATE FUNCTION archive.granules_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM archive.dataset AS d USING removed WHERE d.id = removed.id;
    DELETE FROM archive.region AS r USING removed WHERE r.id = -removed.id;
    RETURN NULL;
END $$;
CREATE TRIGGER dataset_delete AFTER DELETE ON archive.granule REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION archive.granules_removed();
CREATE FUNCTION archive.exposures_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM archive.dataset AS d USING removed WHERE d.id = removed.id;
    RETURN NULL;
END $$;
CREATE TRIGGER dataset_delete AFTER DELETE ON archive.exposure REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION archive.exposures_removed();

CREATE FUNCTION archive.file_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM archive.refresh_granules(array_agg(id)) FROM archive.granule WHERE file_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER dataset_update AFTER UPDATE OF level, collection_id, obs_id, name, progid ON archive.file
    FOR EACH ROW WHEN ((OLD.level, OLD.collection_id, OLD.obs_id, OLD.name, OLD.progid)
        IS DISTINCT FROM (NEW.level, NEW.collection_id, NEW.obs_id, NEW.name, NEW.progid))
    EXECUTE FUNCTION archive.file_changed();

CREATE FUNCTION archive.frame_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.gone IS NULL THEN
        PERFORM archive.refresh_exposures(array_agg(id)) FROM archive.exposure WHERE header_id = NEW.id;
    ELSE
        DELETE FROM archive.dataset AS d USING archive.exposure AS e WHERE e.header_id = NEW.id AND d.id = e.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER dataset_gone AFTER UPDATE OF gone ON archive.frame
    FOR EACH ROW WHEN ((OLD.gone IS NULL) <> (NEW.gone IS NULL)) EXECUTE FUNCTION archive.frame_gone();

CREATE FUNCTION archive.targets_made() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO archive.region SELECT id, archive.small_region(ra, dec) FROM made;
    RETURN NULL;
END $$;
CREATE TRIGGER dataset_insert AFTER INSERT ON archive.target REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION archive.targets_made();

CREATE FUNCTION archive.targets_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE archive.region AS r SET shape = archive.small_region(after.ra, after.dec)
    FROM after JOIN before USING (id)
    WHERE r.id = after.id AND (after.ra, after.dec) <> (before.ra, before.dec);
    PERFORM archive.refresh_exposures(array_agg(e.id)) FROM archive.exposure AS e JOIN
        (SELECT id FROM after JOIN before USING (id)
         WHERE (after.name, after.ra, after.dec) <> (before.name, before.ra, before.dec)) AS changed
        ON changed.id = e.target_id;
    RETURN NULL;
END $$;
CREATE TRIGGER dataset_update AFTER UPDATE ON archive.target REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION archive.targets_changed();

CREATE FUNCTION archive.targets_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM archive.region AS r USING removed WHERE r.id = removed.id;
    RETURN NULL;
END $$;
CREATE TRIGGER dataset_delete AFTER DELETE ON archive.target REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION archive.targets_removed();

INSERT INTO archive.region SELECT -id, s_region FROM archive.granule WHERE s_region IS NOT NULL;
INSERT INTO archive.region SELECT id, archive.small_region(ra, dec) FROM archive.target;
SELECT archive.refresh_granules(array_agg(id)) FROM archive.granule;
SELECT archive.refresh_exposures(array_agg(id)) FROM archive.exposure;

-- The indexes that granules and files had for this (0001_oidb.sql) -----------------------------------------------

DROP INDEX archive.granule_spoint, archive.granule_q3c, archive.granule_s_region, archive.granule_t_min,
    archive.granule_t_max, archive.granule_target_name, archive.granule_target_name_lower, archive.granule_newest,
    archive.granule_obscore_instrument, archive.granule_instrument, archive.granule_instrument_name,
    archive.file_progid, archive.file_progid_lower, archive.file_obs_id, archive.file_obs_id_lower,
    archive.file_obscore_obs_id;
-- DaCHS writes a cone on oidb.oidb as pgsphere and one on ivoa.obscore as q3c: each finds its index.
CREATE INDEX dataset_spoint ON archive.dataset USING gist (spoint(radians(s_ra), radians(s_dec)));
CREATE INDEX dataset_q3c ON archive.dataset (q3c_ang2ipix(s_ra, s_dec));
CREATE INDEX region_shape ON archive.region USING gist (shape);
CREATE INDEX dataset_region ON archive.dataset (region_id);
-- newest first, with a tie-break, as pages of results are sorted; ADQL sorts otherwise where NULLs are concerned
CREATE INDEX dataset_newest ON archive.dataset (t_min DESC NULLS LAST, id);
CREATE INDEX dataset_newest_granule ON archive.dataset (t_min DESC NULLS LAST, id) WHERE level > 0;
CREATE INDEX dataset_t_min ON archive.dataset (t_min);
CREATE INDEX dataset_t_max ON archive.dataset (t_max);
CREATE INDEX dataset_target_name ON archive.dataset (target_name);
CREATE INDEX dataset_target_name_lower ON archive.dataset (lower(target_name) text_pattern_ops);
CREATE INDEX dataset_instrument ON archive.dataset (instrument, t_min);
CREATE INDEX dataset_instrument_name ON archive.dataset (instrument_name text_pattern_ops);
CREATE INDEX dataset_progid ON archive.dataset (progid);
CREATE INDEX dataset_progid_lower ON archive.dataset (lower(progid) text_pattern_ops);
CREATE INDEX dataset_obs_id ON archive.dataset (obs_id);
CREATE INDEX dataset_obs_id_lower ON archive.dataset (lower(obs_id) text_pattern_ops);
CREATE INDEX dataset_collection ON archive.dataset (collection_id, target_name);
-- as ivoa.obscore has them
CREATE INDEX dataset_obscore_instrument ON archive.dataset (coalesce(instrument, instrument_name));
CREATE INDEX dataset_obscore_obs_id ON archive.dataset (coalesce(obs_id, file_name));

GRANT SELECT ON archive.dataset, archive.region TO gavoadmin;
