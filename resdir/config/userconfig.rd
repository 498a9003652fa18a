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
  </STREAM>
</resource>
