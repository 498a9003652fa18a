<!-- DaCHS' file for what a site adds to DaCHS' own services; written by oivo at each start. -->
<resource schema="__system">
  <!-- /tap/examples (DALI 1.1, 2.3): TOPCAT's and pyvo's menus of examples. Each title must differ. -->
  <STREAM id="tapexamples">
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
      :taptable:`oidb.oidb`. Keep the order of the arguments, the big table as the point: the other
      way round no index is used.

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
      :taptable:`jmdc.jmdc` against :taptable:`oidb.oidb`, within 30 arcsec since stars move. The big table is the
      point, so that its index is used.

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
  </STREAM>
</resource>
