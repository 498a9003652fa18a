-- What extensions of ObsCore for interferometers tell of granules and exposures (docs/extension.md).

-- Granules: from their files (ingest/oifits/extension.py). Those that are here already have NULL until they are read
-- again: ./oivo oidb reread.
ALTER TABLE archive.granule
    ADD COLUMN f_resolution    double precision,
    ADD COLUMN uv_ecc          double precision CHECK (uv_ecc BETWEEN 0 AND 1),
    ADD COLUMN uv_fill         double precision CHECK (uv_fill BETWEEN 0 AND 1),
    ADD COLUMN uv_angle        double precision CHECK (uv_angle BETWEEN 0 AND 180),
    ADD COLUMN nb_baselines    integer,
    ADD COLUMN nb_triplets     integer,
    ADD COLUMN nb_vis2_valid   integer,
    ADD COLUMN nb_t3phi_valid  integer,
    ADD COLUMN vis2_error      double precision,
    ADD COLUMN t3phi_error     double precision,
    ADD COLUMN t_exp_max       double precision,
    ADD COLUMN t_exp_mean      double precision,
    ADD COLUMN distance_min    double precision,
    ADD COLUMN distance_max    double precision,
    ADD COLUMN diameter_min    double precision,
    ADD COLUMN diameter_max    double precision,
    ADD COLUMN polarisation    text,
    ADD COLUMN fringe_tracker  text;

-- The stations of the arrays that oivo knows: resdir/stations, brought up to date at each start.
CREATE TABLE archive.station (
    facility  text NOT NULL,
    name      text NOT NULL,
    telescope text NOT NULL,
    diameter  double precision NOT NULL,
    -- m, from the array's reference point
    east      double precision NOT NULL,
    north     double precision NOT NULL,
    up        double precision NOT NULL,
    PRIMARY KEY (facility, name)
);

-- One row for each dataset with a place in the uv plane, whatever its level. What is of files is in the granule; of
-- exposures all is computed here: loading a million headers then writes nothing more, and the subqueries run only for
-- rows and columns that are asked for (the first once for each set of stations: PostgreSQL remembers its answers).
CREATE VIEW archive.interferometry AS
SELECT d.id, d.publisher_did, d.level,
    coalesce(g.em_min, e.em_min) AS em_min, coalesce(g.em_max, e.em_max) AS em_max,
    coalesce(g.em_res_power, e.em_res_power) AS em_res_power,
    -- Hz
    coalesce(g.f_resolution, 299792458 / nullif(e.em_min * e.em_res_power, 0)) AS f_resolution,
    coalesce(g.baseline_min, e.baseline_min) AS baseline_min, coalesce(g.baseline_max, e.baseline_max) AS baseline_max,
    coalesce(g.uv_ecc, sqrt(1 - power(CASE WHEN uv.minor * 1e6 < uv.major THEN 0 ELSE uv.minor / uv.major END, 2)))
        AS uv_ecc,
    g.uv_fill, coalesce(g.uv_angle, 180 - uv.gap) AS uv_angle,
    coalesce(g.stations, e.stations) AS stations, coalesce(g.nb_stations, e.nb_stations) AS nb_stations,
    coalesce(g.nb_baselines, e.nb_stations * (e.nb_stations - 1) / 2) AS nb_baselines,
    coalesce(g.nb_triplets, e.nb_stations * (e.nb_stations - 1) * (e.nb_stations - 2) / 6) AS nb_triplets,
    coalesce(s.distance_min, g.distance_min) AS distance_min, coalesce(s.distance_max, g.distance_max) AS distance_max,
    coalesce(s.diameter_min, g.diameter_min) AS diameter_min, coalesce(s.diameter_max, g.diameter_max) AS diameter_max,
    g.nb_channels, g.nb_vis, g.nb_vis2, g.nb_t3, g.nb_flux, g.flagged_share,
    g.nb_vis2_valid, g.nb_t3phi_valid, g.vis2_error, g.t3phi_error,
    coalesce(g.t_resolution, e.dit) AS t_exp_min, coalesce(g.t_exp_max, e.dit) AS t_exp_max,
    coalesce(g.t_exp_mean, e.dit) AS t_exp_mean,
    g.polarisation, coalesce(g.fringe_tracker, e.fringe_tracker) AS fringe_tracker,
    coalesce(g.instrument_mode, e.mode) AS instrument_mode
FROM archive.dataset AS d
    LEFT JOIN archive.granule AS g ON g.id = d.id
    LEFT JOIN archive.exposure AS e ON e.id = d.id
    -- telescopes whose stations are all known
    LEFT JOIN LATERAL (
        SELECT min(a.diameter) AS diameter_min, max(a.diameter) AS diameter_max,
            min(sqrt(power(a.east - b.east, 2) + power(a.north - b.north, 2) + power(a.up - b.up, 2))) AS distance_min,
            max(sqrt(power(a.east - b.east, 2) + power(a.north - b.north, 2) + power(a.up - b.up, 2))) AS distance_max
        FROM (SELECT coalesce(g.facility, e.interferometer) AS facility, string_to_array(
                -- files name the unit telescopes in both ways
                regexp_replace(coalesce(g.stations, e.stations), '\mUT([1-4])\M', 'U\1', 'g'), ' ') AS names) AS used
            JOIN archive.station AS a ON a.facility = used.facility AND a.name = ANY(used.names)
            LEFT JOIN archive.station AS b ON b.facility = used.facility AND b.name = ANY(used.names) AND b.name > a.name
        HAVING count(DISTINCT a.name) = max(cardinality(used.names))
    ) AS s ON true
    -- the ellipse around an exposure's baselines at its start and end, and the largest gap between their angles, as
    -- ingest/oifits/uvplane.py has them
    LEFT JOIN LATERAL (
        SELECT greatest(max(abs(u * cos(turned) + v * sin(turned))), max(abs(v * cos(turned) - u * sin(turned))))
                AS major,
            least(max(abs(u * cos(turned) + v * sin(turned))), max(abs(v * cos(turned) - u * sin(turned)))) AS minor,
            greatest(max(gap), 180 - (max(angle) - min(angle))) AS gap
        FROM (
            SELECT u, v, angle, angle - lag(angle) OVER (ORDER BY angle) AS gap,
                atan2(2 * sum(u * v) OVER (), sum(u * u) OVER () - sum(v * v) OVER ()) / 2 AS turned
            FROM (
                SELECT u, v, atan2d(u, v) - 180 * floor(atan2d(u, v) / 180) AS angle
                FROM archive.baseline AS b
                    CROSS JOIN LATERAL (VALUES (CAST(b.u_start AS double precision), CAST(b.v_start AS double precision)),
                        (b.u_end, b.v_end)) AS point(u, v)
                WHERE b.exposure_id = e.id AND (u <> 0 OR v <> 0)) AS points) AS turned
    ) AS uv ON true
WHERE g.id IS NOT NULL OR e.baseline_max > 0;

GRANT SELECT ON archive.interferometry TO gavoadmin;
