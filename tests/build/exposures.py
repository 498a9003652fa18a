"""Many exposures, as rows of the archive made by SQL: for tests of plans and of published tables.

May import nothing of oivo. What the harvest makes of real headers is tested elsewhere; here only the
numbers and the variety matter.
"""

#: Exposures of one target and of one observation; one in so many frames is gone, one has no release date.
PER_TARGET, PER_OBSERVATION, GONE_EACH, UNDATED_EACH = 10, 5, 101, 97


def fill(exposures: int, first: int = 1_000_000, collection: str = "raw_crowd") -> str:
    """Return SQL that fills frames, observations, targets, exposures and their baselines.

    Parameters
    ----------
    exposures
        How many.
    first
        Number of the first exposure; its id, and part of each identifier.
    collection
        Identifier of the collection that it makes.
    """
    return f"""
INSERT INTO archive.collection (id, kind, name, title, creator, datapi)
VALUES ('{collection}', 'eso', 'Raw', 'Many exposures', 'An observatory', 'Somebody');

CREATE TEMPORARY TABLE made ON COMMIT DROP AS
SELECT {first} + n AS id, {first} + n / {PER_OBSERVATION} AS observation, {first} + n / {PER_TARGET} AS target,
    51000 + n / 37.0 AS mjd, n % {UNDATED_EACH} = 0 AS undated, n % {GONE_EACH} = 0 AS gone,
    CASE n % 50 WHEN 0 THEN 'MIDI' ELSE (ARRAY['GRAVITY', 'PIONIER', 'MATISSE'])[n % 3 + 1] END AS instrument,
    to_char(timestamp '1998-07-06' + n / 37.0 * interval '1 day', 'YYYY-MM-DD"T"HH24:MI:SS') || '.'
        || lpad((n % 1000)::text, 3, '0') AS moment
FROM generate_series(0, {exposures - 1}) AS n;

INSERT INTO archive.frame (id, source, instrument, header_state, gone)
SELECT instrument || '.' || moment, 'eso', instrument, 'none', CASE WHEN gone THEN now() END FROM made;

INSERT INTO archive.observation (id, key, told_by, interferometer, ob_id, ob_name, prog_id, container_id)
SELECT DISTINCT observation, 'crowd ' || observation, 'crowd', 'VLTI', observation, 'OB ' || observation,
    lpad((observation % 999)::text, 4, '0') || '.D-0001(B)', observation / 2 FROM made;

INSERT INTO archive.target (id, name, ra, dec, origin, scatter)
SELECT t, 'CROWD ' || t, (t * 137.50776405) % 359.9 + 0.01,
    degrees(asin(1.9 * (t - {first}) / {max(exposures // PER_TARGET, 1)}.0 - 0.95)), 'positions', 0.5
FROM (SELECT DISTINCT target AS t FROM made) AS targets;

INSERT INTO archive.target_alias (target_id, raw_name, key, nb)
SELECT target, 'Crowd_' || target, 'crowd' || target, count(*) FROM made GROUP BY target;

INSERT INTO archive.exposure (id, exp_id, header_id, publisher_did, collection_id, observation_id, target_id,
    interferometer, stations, telescopes, nb_stations, instrument, mode, submode, em_min, em_max, em_res_power,
    obs_type, mjd_start, mjd_end, exptime, dit, ndit, raw_target, ra, dec, prog_id, prog_title, pi_coi, seeing, tau0,
    temperature, humidity, release_date, access_estsize, validation_level, projected_baselines, baseline_min,
    baseline_max)
SELECT id, instrument || '.' || moment || '_1', instrument || '.' || moment,
    'ivo://oivo.example/~?obsportal/' || instrument || '.' || moment || '_1', '{collection}', observation, target,
    'VLTI', 'A0 B2 D0 C1', 'AT1 AT2 AT3 AT4', 4, instrument, 'MODE', 'SINGLE', 1.95e-6, 2.45e-6, 500,
    CASE id % 4 WHEN 0 THEN 'calibrator' ELSE 'science' END, mjd, mjd + 300 / 86400.0, 300, 30, 10, 'Crowd_' || target,
    10, -10, lpad((observation % 999)::text, 4, '0') || '.D-0001(B)', 'A programme', 'NOBODY', 0.8, 0.004, 12.5, 20,
    CASE WHEN NOT undated THEN timestamptz '2000-01-01' + (id - {first}) % 20000 * interval '1 day' END,
    20000, 1, '{{}}', 10.5, 33.9
FROM made;

INSERT INTO archive.baseline (exposure_id, number, first, second, u_start, v_start, u_end, v_end,
    header_length_start, header_angle_start)
SELECT id, pair, 'A0', 'B2', 10 + pair, -5, 10.5 + pair, -5.5, 11 + pair, 120 FROM made, generate_series(1, 6) AS pair;
"""
