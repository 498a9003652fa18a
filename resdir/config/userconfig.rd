<!-- DaCHS' file for what a site adds to DaCHS' own services; written by oivo at each start. -->
<resource schema="__system">
  <!-- What the registry is told: from the operator's registry.toml. -->
  <STREAM id="registry-interfacerecords"><FEED source="registry/meta#site-records"/></STREAM>
  <STREAM id="tapdescription"><FEED source="registry/meta#tap"/><FEED source="registry/meta#tap-service"/></STREAM>
  <!-- ObsCore is registered by registry/obscore, in DaCHS 2.7 (which cannot itself) as in later ones. -->
  <STREAM id="obscore-registration"/>
  <STREAM id="obscore-extracolumns">${obscore_utype}</STREAM>
  <!-- /tap/examples (DALI 1.1, 2.3): TOPCAT's and pyvo's menus of examples. Each title must differ. -->
  <STREAM id="tapexamples">
    <meta name="_example" title="Measured diameters, public GRAVITY data, good calibrators">
      Which stars with a measured diameter have public GRAVITY data and are no bad calibrators? Three services in one query:
      :taptable:`jmdc.jmdc` has the diameters, :taptable:`oidb.oidb` the data (best_level 0: raw exposures only), and
      :taptable:`badcal.badcal` what speaks against a star. Positions are compared within 30 arcsec, since stars move.

      .. tapquery::

        SELECT j.star_name, MIN(j.ld_diam) AS smallest_diameter, MAX(j.ld_diam) AS largest_diameter,
          COUNT(DISTINCT o.id) AS data_sets, MAX(o.calib_level) AS best_level, MAX(o.baseline_max) AS longest_baseline
        FROM jmdc.jmdc AS j
        JOIN oidb.oidb AS o
          ON 1 = CONTAINS(POINT('ICRS', o.s_ra, o.s_dec), CIRCLE('ICRS', j.ra, j.dec, 0.00834))
        WHERE o.instrument = 'GRAVITY' AND o.data_rights = 'public'
          AND NOT EXISTS (SELECT b.id FROM badcal.badcal AS b
            WHERE 1 = CONTAINS(POINT('ICRS', b.ra, b.dec), CIRCLE('ICRS', j.ra, j.dec, 0.00834)))
        GROUP BY j.star_name
        ORDER BY star_name
    </meta>
    <meta name="_example" title="Everything around a star">
      All products within one degree of delta Scorpii, of whatever service of this site, from
      :taptable:`ivoa.obscore`.

      .. tapquery::

        SELECT obs_collection, obs_title, instrument_name, t_exptime, access_url
        FROM ivoa.obscore
        WHERE 1 = CONTAINS(POINT('ICRS', s_ra, s_dec), CIRCLE('ICRS', 240.083, -22.622, 1))
    </meta>
    <meta name="_example" title="OIFITS files by instrument and baseline">
      Calibrated or published PIONIER data with a projected baseline above 100 m and closure phases,
      newest first, from :taptable:`oidb.oidb`.

      .. tapquery::

        SELECT target_name, local_night, interferometer_stations, baseline_max, nb_vis2, nb_t3, access_url
        FROM oidb.oidb
        WHERE instrument = 'PIONIER' AND calib_level &gt;= 2 AND baseline_max &gt; 100 AND nb_t3 &gt; 0
        ORDER BY t_min DESC
    </meta>
    <meta name="_example" title="Whom to ask for private data">
      Granules of :taptable:`oidb.oidb` that are not public yet, with the data PI of their collection in
      :taptable:`oidb.collection`: obs_collection of the one is id of the other.

      .. tapquery::

        SELECT o.target_name, o.instrument, o.obs_release_date, c.title, c.datapi
        FROM oidb.oidb AS o JOIN oidb.collection AS c ON o.obs_collection = c.id
        WHERE o.data_rights &lt;&gt; 'public'
        ORDER BY obs_release_date
    </meta>
    <meta name="_example" title="Which of my stars were observed">
      A table of your own, uploaded as t1 with columns ra and dec (degrees), against
      :taptable:`oidb.oidb`, within 10 arcsec. DISTANCE(o.s_ra, o.s_dec, t1.ra, t1.dec) &lt; 0.003
      asks for the same; the order of the arguments does not matter.

      .. tapquery::

        SELECT t1.*, o.target_name, o.instrument, o.local_night, o.access_url
        FROM TAP_UPLOAD.t1 AS t1
        JOIN oidb.oidb AS o
          ON 1 = CONTAINS(POINT('ICRS', o.s_ra, o.s_dec), CIRCLE('ICRS', t1.ra, t1.dec, 0.003))
    </meta>
    <meta name="_example" title="What each instrument has given">
      Granules, stars and nights by instrument, from :taptable:`oidb.oidb`.

      .. tapquery::

        SELECT instrument, COUNT(*) AS granules, COUNT(DISTINCT target_name) AS stars, COUNT(DISTINCT local_night) AS nights
        FROM oidb.oidb
        GROUP BY instrument
        ORDER BY granules DESC
    </meta>
    <meta name="_example" title="Measured diameters of a star">
      All measurements of Vega in :taptable:`jmdc.jmdc`, by wavelength. The same star has one star_name, however
      publications call it.

      .. tapquery::

        SELECT bibcode, ud_diam, ld_diam, e_ld_diam, band, wl_min, wl_max, method_name
        FROM jmdc.jmdc
        WHERE star_name = 'alf Lyr'
        ORDER BY wl_min
    </meta>
    <meta name="_example" title="OIFITS files of stars with a measured diameter">
      :taptable:`jmdc.jmdc` against :taptable:`oidb.oidb`, within 30 arcsec since stars move.

      .. tapquery::

        SELECT j.star_name, j.ld_diam, j.e_ld_diam, j.bibcode, o.instrument, o.local_night, o.access_url
        FROM jmdc.jmdc AS j
        JOIN oidb.oidb AS o
          ON 1 = CONTAINS(POINT('ICRS', o.s_ra, o.s_dec), CIRCLE('ICRS', j.ra, j.dec, 0.00834))
        WHERE j.ld_diam IS NOT NULL AND o.calib_level &gt;= 2
    </meta>
    <meta name="_example" title="Bad calibrators that were observed">
      Exposures of :taptable:`obsportal.exposure` that were made as calibrators on stars within 5 arcsec of those in
      :taptable:`badcal.badcal`.

      .. tapquery::

        SELECT b.id, b.name, b.reason, e.exp_id, e.instrument_name, e.exp_mjd_start
        FROM badcal.badcal AS b
        JOIN obsportal.exposure AS e
          ON 1 = CONTAINS(POINT('ICRS', e.target_ra, e.target_dec), CIRCLE('ICRS', b.ra, b.dec, 0.00139))
        WHERE e.obs_type = 'calibrator'
    </meta>
    <meta name="_example" title="Diameters of stars that are bad calibrators">
      :taptable:`jmdc.jmdc` against :taptable:`badcal.badcal` within 5 arcsec: is the diameter that a calibrator was
      believed to have the measured one?

      .. tapquery::

        SELECT b.id, b.reason, j.star_name, j.ld_diam, j.e_ld_diam, j.bibcode
        FROM badcal.badcal AS b
        JOIN jmdc.jmdc AS j
          ON 1 = CONTAINS(POINT('ICRS', j.ra, j.dec), CIRCLE('ICRS', b.ra, b.dec, 0.00139))
    </meta>
    <meta name="_example" title="Raw exposures around a position">
      All that was exposed within 10 arcsec of eps Eridani, with its weather, from :taptable:`obsportal.exposure`.

      .. tapquery::

        SELECT exp_id, exp_mjd_start, instrument_name, instrument_mode, interferometer_stations, exp_seeing, exp_tau0
        FROM obsportal.exposure
        WHERE 1 = CONTAINS(POINT('ICRS', target_ra, target_dec), CIRCLE('ICRS', 53.2327, -9.4583, 0.003))
        ORDER BY exp_mjd_start
    </meta>
    <meta name="_example" title="Computed and headers' baselines">
      Where projected baselines differ most from what the header says, from :taptable:`obsportal.baseline`.

      .. tapquery::

        SELECT TOP 100 exp_id, baseline_stations, baseline_length_start, diff_angle_start,
          ABS(diff_length_start) AS difference
        FROM obsportal.baseline
        WHERE diff_length_start IS NOT NULL
        ORDER BY difference DESC
    </meta>
    <meta name="_example" title="Raw exposures that nobody reduced">
      Observations in :taptable:`obsportal.observation` of programmes that have no reduced data in
      :taptable:`oidb.oidb`.

      .. tapquery::

        SELECT o.obs_id, o.obs_program, o.target_names, o.instrument_names, o.nb_exposures
        FROM obsportal.observation AS o
        WHERE NOT EXISTS (SELECT * FROM oidb.oidb AS r WHERE r.calib_level &gt; 0 AND r.progid = o.obs_program)
        ORDER BY obs_mjd_start DESC
    </meta>
    <meta name="_example" title="Long baselines of a season">
      Data of :taptable:`oidb.oidb` that overlap an interval of time (MJD: 59580 is 2022-01-01, 64693 is 2036-01-01) and have
      projected baselines above 100 m. Both ends of an observation are asked for, so that none is lost at the border.

      .. tapquery::

        SELECT target_name, instrument, t_min, t_max, baseline_min, baseline_max, interferometer_stations
        FROM oidb.oidb
        WHERE t_max &gt; 59580 AND t_min &lt; 64693 AND baseline_max &gt; 100
        ORDER BY t_min
    </meta>
    <meta name="_example" title="From raw exposures to published data">
      The levels of one observation in :taptable:`oidb.oidb`: each published file (L3) of tau Cet with the raw exposures (L0)
      of the same programme and instrument within its time. More about exposures is in :taptable:`obsportal.exposure`, under
      the same id.

      .. tapquery::

        SELECT r.file_name, r.t_min AS reduced_start, raw.obs_id AS exposure, raw.t_min AS exposure_start, e.exp_seeing, e.exp_tau0
        FROM oidb.oidb AS r
        JOIN oidb.oidb AS raw
          ON raw.progid = r.progid AND raw.instrument = r.instrument
          AND raw.t_min BETWEEN r.t_min - 0.04 AND r.t_max + 0.04
        JOIN obsportal.exposure AS e ON e.id = raw.id
        WHERE r.target_name = 'tau Cet' AND r.calib_level = 3 AND raw.calib_level = 0
        ORDER BY reduced_start, exposure_start
    </meta>
    <meta name="_example" title="What becomes public when">
      Embargoes in :taptable:`oidb.oidb`: for each collection and level how much is not public yet, and from when to when it
      becomes so. data_rights tells what holds at this moment, so nothing has to be compared with today's date.

      .. tapquery::

        SELECT obs_collection, calib_level, COUNT(*) AS granules,
          MIN(obs_release_date) AS next_release, MAX(obs_release_date) AS final_release
        FROM oidb.oidb
        WHERE data_rights &lt;&gt; 'public' AND obs_release_date IS NOT NULL
        GROUP BY obs_collection, calib_level
        ORDER BY next_release
    </meta>
    <meta name="_example" title="Inside a region of the sky given as MOC">
      Reduced data inside a MOC, a region made of HEALPix cells: here a twelfth of the sky around Scorpius, at order 2. Paste
      one that Aladin or a survey gave you. MOC(8, CIRCLE(240, -22, 5)) makes one of a shape. From :taptable:`oidb.oidb`.

      .. tapquery::

        SELECT target_name, s_ra, s_dec, instrument, calib_level, access_url
        FROM oidb.oidb
        WHERE 1 = CONTAINS(POINT('ICRS', s_ra, s_dec), MOC('2/160-175')) AND calib_level &gt; 0
    </meta>
    <meta name="_example" title="Columns by their meaning">
      Which tables have baselines? UCDs tell the meaning of columns, whatever their names: they are in
      :taptable:`tap_schema.columns`; what the columns hold is in :taptable:`stats.columns`.

      .. tapquery::

        SELECT c.table_name, c.column_name, c.unit, c.ucd, s.value_min, s.value_max, c.description
        FROM tap_schema.columns AS c
        LEFT OUTER JOIN stats.columns AS s ON s.table_name = c.table_name AND s.column_name = c.column_name
        WHERE c.ucd LIKE '%instr.baseline%'
    </meta>
    <meta name="_example" title="Which values a column has">
      What can stand behind obs_type, instrument_mode or reason? :taptable:`stats.vocabulary` has the values of all columns
      with few different ones, and the share of rows that have them.

      .. tapquery::

        SELECT column_name, term, share
        FROM stats.vocabulary
        WHERE table_name = 'obsportal.exposure' AND column_name IN ('instrument_name', 'instrument_mode', 'obs_type')
        ORDER BY column_name, share DESC
    </meta>
    <meta name="_example" title="Closure phases that are precise">
      Calibrated data with closure phases of at least four triangles of telescopes and a median error below 5 degrees: counts
      and errors are in :taptable:`oidb.obscore_optical`, all else in :taptable:`ivoa.obscore`.

      .. tapquery::

        SELECT target_name, instrument_name, nb_triplets, nb_t3phi_valid, t3phi_error, ang_resolution, access_url
        FROM ivoa.obscore NATURAL JOIN oidb.obscore_optical
        WHERE nb_triplets &gt;= 4 AND t3phi_error &lt; 5 AND calib_level &gt;= 2
        ORDER BY t3phi_error
    </meta>
    <meta name="_example" title="Resolution and largest scale, for radio and optical archives">
      The IVOA's draft extension of ObsCore for interferometers, :taptable:`ivoa.obscore_radio`: data finer than 5 mas that are
      still sensitive to structures of 8 mas. The query runs wherever this table is.

      .. tapquery::

        SELECT obs_publisher_did, target_name, s_resolution_min, s_largest_angular_scale, uv_distance_max
        FROM ivoa.obscore NATURAL JOIN ivoa.obscore_radio
        WHERE s_resolution_min &lt; 0.005 AND s_largest_angular_scale &gt; 0.008
    </meta>
    <meta name="_example" title="Good coverage of the uv plane">
      Four or more telescopes whose baselines point in many directions and reach about as far in all of them: the fewest
      surprises for an image. Shape and filling of the uv plane are in :taptable:`ivoa.obscore_radio`, the range of position
      angles is in :taptable:`oidb.obscore_optical`.

      .. tapquery::

        SELECT target_name, instrument_name, interferometer_stations, uv_distribution_ecc, uv_distribution_fill, uv_angle_coverage
        FROM ivoa.obscore NATURAL JOIN ivoa.obscore_radio NATURAL JOIN oidb.obscore_optical
        WHERE instr_tel_number &gt;= 4 AND uv_distribution_ecc &lt; 0.8 AND uv_angle_coverage &gt; 90
        ORDER BY uv_distribution_ecc
    </meta>
  </STREAM>
</resource>
