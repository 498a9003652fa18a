<?xml version="1.0" encoding="utf-8"?>
<!-- OiDB: what is published of the archive's collections and granules. All of it is views and services:
     importing or dropping this RD loses nothing. -->
<resource schema="oidb" resdir="oidb">
  <!-- title, description, subjects, news: the operator's registry.toml; coverage: the data -->
  <FEED source="registry/meta#oidb"/>
  <meta name="_sidebarlocal" format="raw"><![CDATA[
    <div class="sidebaritem"><h3>Browse</h3>
    <p><a href="/collections">Collections</a> · <a href="/instruments">instruments</a> ·
    <a href="/facilities">arrays</a> · <a href="/statistics/oidb">statistics</a></p></div>
    <div class="sidebaritem"><h3>Query by program</h3>
    <p><a href="/tap">TAP</a> (tables <code>oidb.oidb</code>, <code>oidb.collection</code>,
    <code>ivoa.obscore</code>) · <a href="/oidb/q/scs/info">cone search</a></p></div>]]></meta>

  <table id="collection" onDisk="True" adql="True" namePath="//obscore#ObsCore">
    <meta name="description">Collections of interferometric data: who made them, where they are published, what they
      hold. The column obs_collection of oidb.oidb and of ivoa.obscore is id here.</meta>
    <primary>id</primary>
    <column name="id" type="text" required="True" ucd="meta.id;meta.main" tablehead="Collection" verbLevel="1"
      description="Identifier of the collection; obs_collection in oidb.oidb."/>
    <column name="kind" type="text" required="True" ucd="meta.code.class" tablehead="Kind" verbLevel="1"
      description="public, simulation, suv (data of users whom the VLTI expertise centres helped), VizieR, pionier,
        eso or chara; decides how long new data stay private."/>
    <column name="name" type="text" required="True" ucd="meta.id" tablehead="Name" verbLevel="1"
      description="Short name of the collection."/>
    <column name="title" type="text" required="True" ucd="meta.title" tablehead="Title" verbLevel="1"
      description="Title of the collection, often that of the article."/>
    <column name="description" type="text" ucd="meta.note" tablehead="Description" verbLevel="15"
      description="What the collection holds and how it was made."/>
    <column name="keywords" type="text" ucd="meta.note" tablehead="Keywords" verbLevel="15"
      description="Keywords, separated by ' ; '."/>
    <column name="article_bibcode" type="text" ucd="meta.bib.bibcode" tablehead="Bibcode" verbLevel="10"
      description="Bibcode of the article that published the data."/>
    <column name="doi" type="text" ucd="meta.ref.doi" tablehead="DOI" verbLevel="10"
      description="DOI of the collection, to cite the data with, such as 10.12345/oidb.5pa8-39em; NULL where it has
        none."/>
    <column name="datapi" type="text" ucd="meta.id.PI" tablehead="Data PI" verbLevel="10"
      description="Whom to ask about the data; several names are separated by '/'."/>
    <column name="release_date" type="timestamp" ucd="time.release" tablehead="Released" verbLevel="15"
      description="Nothing in the collection is public before this moment (UTC); NULL where each granule's own date
        decides."/>
    <column name="created" type="timestamp" ucd="time.creation" tablehead="Created" verbLevel="15"
      description="When the collection was created (UTC)."/>
    <column name="updated" type="timestamp" ucd="time.processing" tablehead="Updated" verbLevel="10"
      description="When the collection or a file in it was last changed (UTC)."/>
    <column name="calib_level_max" type="smallint" ucd="meta.code;obs.calib" tablehead="Level" verbLevel="5"
      description="Highest calibration level among its data.">
      <values nullLiteral="-1"/></column>
    <column name="nb_files" type="bigint" required="True" ucd="meta.number;meta.file" tablehead="Files" verbLevel="5"
      description="Number of OIFITS files."/>
    <column name="nb_granules" type="bigint" required="True" ucd="meta.number;meta.dataset" tablehead="Granules"
      verbLevel="5" description="Number of granules, or of exposures: rows in oidb.oidb."/>
    <column name="nb_targets" type="bigint" required="True" ucd="meta.number;src" tablehead="Targets" verbLevel="10"
      description="Number of different target names."/>
    <column name="files_size" type="bigint" required="True" unit="byte" ucd="phys.size;meta.file" tablehead="Size"
      verbLevel="15" description="Size of all its files."/>
    <column name="t_min" type="double precision" unit="d" ucd="time.start;obs.exposure" tablehead="First" verbLevel="10"
      description="Earliest time in its data, as MJD." displayHint="sf=5"/>
    <column name="t_max" type="double precision" unit="d" ucd="time.end;obs.exposure" tablehead="Last" verbLevel="10"
      description="Latest time in its data, as MJD." displayHint="sf=5"/>
    <column name="facilities" type="text" ucd="meta.id;instr.tel" tablehead="Facilities" verbLevel="10"
      description="Normalised names of the arrays, separated by blanks."/>
    <column name="instruments" type="text" ucd="meta.id;instr" tablehead="Instruments" verbLevel="5"
      description="Normalised names of the instruments, separated by blanks."/>
    <viewStatement><![CDATA[
      CREATE VIEW \curtable AS (SELECT \colNames FROM (
        SELECT c.id, c.kind, c.name, c.title, c.description,
          array_to_string(c.keywords, ' ; ') AS keywords, c.article_bibcode,
          (SELECT doi FROM archive.doi WHERE collection_id = c.id AND state IN ('registered', 'findable')) AS doi,
          c.datapi, c.release_date AT TIME ZONE 'UTC' AS release_date,
          c.created AT TIME ZONE 'UTC' AS created, c.updated AT TIME ZONE 'UTC' AS updated,
          d.calib_level_max, f.nb_files, d.nb_granules, d.nb_targets, coalesce(f.size, 0) AS files_size,
          d.t_min, d.t_max, i.facilities, i.instruments
        FROM archive.collection AS c
          LEFT JOIN LATERAL (SELECT count(*) AS nb_files, sum(size_bytes)::bigint AS size
            FROM archive.file WHERE collection_id = c.id AND retired IS NULL) AS f ON true
          LEFT JOIN LATERAL (SELECT max(n.level) AS calib_level_max, coalesce(sum(n.rows), 0)::bigint AS nb_granules,
              count(*) AS nb_targets, min(n.t_min) AS t_min, max(n.t_max) AS t_max
            FROM (SELECT max(level) AS level, count(*) AS rows, min(t_min) AS t_min, max(t_max) AS t_max
              FROM archive.dataset WHERE collection_id = c.id GROUP BY target_name) AS n) AS d ON true
          LEFT JOIN LATERAL (SELECT string_agg(DISTINCT n.facility, ' ') AS facilities,
              string_agg(DISTINCT n.instrument, ' ') AS instruments
            FROM (SELECT DISTINCT g.facility, g.instrument
              FROM archive.granule AS g JOIN archive.file ON file.id = g.file_id
              WHERE collection_id = c.id AND retired IS NULL
              UNION SELECT DISTINCT interferometer, instrument
              FROM archive.exposure WHERE collection_id = c.id) AS n) AS i ON true
        WHERE c.retired IS NULL
        ) AS q)
    ]]></viewStatement>
  </table>

  <table id="oidb" onDisk="True" adql="True" namePath="//obscore#ObsCore">
    <meta name="description">Interferometric data: granules (one target, one instrumental set-up and one night in one
      OIFITS file; calib_level 1 to 3) and raw exposures (calib_level 0, more about them in obsportal.exposure). The
      columns of ObsCore, the counts of visibilities and closure phases, the stations and the baselines, and who may
      read the file. Joins: obs_collection with id of oidb.collection, id with id of obsportal.exposure (level 0), file_id
      with oidb.finding, obs_publisher_did with ivoa.obscore; stars of jmdc.jmdc and badcal.badcal by position. NULL: not
      known, or, for exposures, not meant. Values that columns have: stats.vocabulary.</meta>
    <meta name="_associatedDatalinkService">
      <meta name="serviceId">dl</meta>
      <meta name="idColumn">obs_publisher_did</meta>
    </meta>
    <primary>id</primary>
    <foreignKey inTable="collection" source="obs_collection" dest="id" metaOnly="True"/>
    <foreignKey inTable="//obscore#ObsCore" source="obs_publisher_did" dest="obs_publisher_did" metaOnly="True"/>
    <!-- The indexes are the archive's (ingest/archive/migrations); here they are only declared. Without a declaration
         DaCHS writes cones as pgsphere expressions, for which there is a GiST index. -->
    <index name="oidb_pos" columns="s_ra,s_dec" kind="spoint" method="GIST" metaOnly="True"/>
    <index name="oidb_did" columns="obs_publisher_did" metaOnly="True"/>
    <index name="oidb_t_min" columns="t_min" metaOnly="True"/>
    <index name="oidb_t_max" columns="t_max" metaOnly="True"/>
    <index name="oidb_target" columns="target_name" metaOnly="True"/>
    <index name="oidb_instrument" columns="instrument" metaOnly="True"/>
    <index name="oidb_collection" columns="obs_collection" metaOnly="True"/>
    <index name="oidb_progid" columns="progid" metaOnly="True"/>
    <index name="oidb_obs_id" columns="obs_id" metaOnly="True"/>

    <mixin
      dataproduct_type="dataproduct_type"
      dataproduct_subtype="dataproduct_subtype"
      calib_level="calib_level"
      obs_collection="obs_collection"
      obs_id="coalesce(obs_id, file_name)"
      obs_title="obs_title"
      obs_publisher_did="obs_publisher_did"
      access_url="access_url"
      access_format="access_format"
      access_estsize="access_estsize"
      target_name="target_name"
      s_ra="s_ra"
      s_dec="s_dec"
      s_fov="s_fov"
      s_region="s_region"
      s_resolution="s_resolution"
      t_min="t_min"
      t_max="t_max"
      t_exptime="t_exptime"
      t_resolution="t_resolution"
      em_min="em_min"
      em_max="em_max"
      em_res_power="em_res_power"
      o_ucd="o_ucd"
      pol_states="pol_states"
      facility_name="coalesce(facility, facility_name)"
      instrument_name="coalesce(instrument, instrument_name)"
      s_xel1="1"
      s_xel2="1"
      t_xel="t_xel"
      em_xel="nb_channels"
      pol_xel="1"
      em_ucd="'em.wl'"
      preview="NULL"
    >//obscore#publish</mixin>

    <!-- ObsCore's columns, as far as they mean something here; units, UCDs and utypes are ObsCore's own -->
    <LOOP listItems="dataproduct_type dataproduct_subtype obs_id obs_title obs_publisher_did access_url
        access_format target_name s_fov s_region s_resolution t_resolution em_min em_max em_res_power o_ucd
        pol_states t_xel">
      <events><column original="//obscore#ObsCore.\item"/></events>
    </LOOP>
    <column original="//obscore#ObsCore.calib_level"
      description="Amount of processing: 0 raw exposures, 1 uncalibrated OIFITS, 2 calibrated OIFITS, 3 published."/>
    <column original="//obscore#ObsCore.access_estsize" description="Size of the file, in kilobytes of 1000 bytes;
      for exposures as the observatory's archive tells."/>
    <column original="//obscore#ObsCore.obs_collection"
      description="Collection that the granule belongs to: id in oidb.collection."/>
    <column original="//obscore#ObsCore.s_ra" ucd="pos.eq.ra;meta.main"
      description="Right ascension of the target as its file gives it, for exposures that of the identified target
        (ICRS)."/>
    <column original="//obscore#ObsCore.s_dec" ucd="pos.eq.dec;meta.main"
      description="Declination of the target as its file gives it, for exposures that of the identified target
        (ICRS)."/>
    <column original="//obscore#ObsCore.t_min" xtype="" displayHint="sf=5"
      description="Earliest time among the granule's rows, or start
      of the exposure, as MJD (UTC)."/>
    <column original="//obscore#ObsCore.t_max" xtype="" displayHint="sf=5"
      description="Latest time among the granule's rows, or end of
      the exposure, as MJD (UTC)."/>
    <column original="//obscore#ObsCore.t_exptime" type="double precision"
      description="Total time of integration on the target: each distinct integration counts once, however many
        baselines recorded it. Not INT_TIME: that is int_time_min."/>
    <column name="int_time_min" type="double precision" unit="s" ucd="time.duration;obs.exposure;stat.min"
      tablehead="INT_TIME" verbLevel="15"
      description="Smallest INT_TIME among the granule's rows (what OiDB once published as t_exptime); DIT of
        the exposure."/>
    <column original="//obscore#ObsCore.facility_name"
      description="Name of the array as the file gives it (ARRNAME); see facility."/>
    <column original="//obscore#ObsCore.instrument_name"
      description="Name of the instrument as the file gives it (INSNAME), often with a mode in it; see instrument."/>
    <column name="facility" type="text" ucd="meta.id;instr.tel" tablehead="Facility" verbLevel="5"
      description="Normalised name of the array (VLTI, CHARA, NPOI …), the one to ask for; NULL where it is not known."/>
    <column name="instrument" type="text" ucd="meta.id;instr" tablehead="Instrument" verbLevel="1"
      description="Normalised name of the instrument (PIONIER, GRAVITY, MIRC-X …), the one to ask for; NULL where it is not
        known."/>
    <column name="instrument_mode" type="text" ucd="instr.setup" tablehead="Mode" verbLevel="10"
      description="Instrument mode as ASPRO2 names it; NULL until somebody has told it."/>

    <column name="id" type="bigint" required="True" ucd="meta.id;meta.main" tablehead="Id" verbLevel="5"
      description="Identifier of the granule or exposure; it never changes."/>
    <column name="file_id" type="bigint" ucd="meta.id;meta.file" tablehead="File" verbLevel="20"
      description="Identifier of the file; granules of one file share it. NULL for exposures: their files are in the
        observatory's archive."><values nullLiteral="-1"/></column>
    <column name="file_name" type="text" ucd="meta.id;meta.file" tablehead="File name" verbLevel="15"
      description="Name of the file; NULL for exposures."/>
    <column name="obs_creator_name" type="text" ucd="meta.bib.author" utype="obscore:DataID.Creator"
      tablehead="Creator" verbLevel="15" description="Name of the creator of the data."/>
    <column name="obs_release_date" type="timestamp" ucd="time.release" utype="obscore:Curation.releaseDate"
      tablehead="Public from" verbLevel="10"
      description="When the file becomes, or became, public (UTC); NULL where no date is set. What holds now is in
        data_rights."/>
    <column name="data_rights" type="text" required="True" ucd="meta.code" utype="obscore:Curation.Rights"
      tablehead="Rights" verbLevel="5"
      description="public: anybody may read the file now. secure or proprietary: only its owner, its PI and those whom
        they let, until obs_release_date. Exposures without a date are secure."/>
    <column name="bib_reference" type="text" ucd="meta.bib.bibcode" utype="obscore:Curation.Reference"
      tablehead="Bibcode" verbLevel="10" description="Bibcode of the article that published the data."/>
    <column name="local_night" type="date" ucd="time.epoch" tablehead="Night" verbLevel="10"
      description="Date of the evening of the night at the array (local noon to local noon); after midnight UTC, t_min is
        of the next day."/>
    <column name="bands" type="text" ucd="instr.bandpass" tablehead="Bands" verbLevel="5"
      description="Photometric bands that the wavelengths cover (U B V R I J H K L M N Q), separated by blanks."/>
    <column name="interferometer_stations" type="text" ucd="meta.id;instr.tel" tablehead="Stations" verbLevel="5"
      description="Stations whose light was combined, separated by blanks."/>
    <column name="nb_stations" type="integer" ucd="meta.number;instr.tel" tablehead="N_tel" verbLevel="10"
      description="Number of stations."><values nullLiteral="-1"/></column>
    <column name="baseline_min" type="double precision" unit="m" ucd="instr.baseline;stat.min" tablehead="B_min"
      verbLevel="10" description="Shortest projected baseline of all rows."/>
    <column name="baseline_max" type="double precision" unit="m" ucd="instr.baseline;stat.max" tablehead="B_max"
      verbLevel="5" description="Longest projected baseline of all rows."/>
    <column name="nb_channels" type="integer" ucd="meta.number;em.wl" tablehead="N_λ" verbLevel="5"
      description="Number of spectral channels; NULL for exposures."><values nullLiteral="-1"/></column>
    <column name="nb_vis" type="integer" ucd="meta.number" tablehead="N_vis" verbLevel="5"
      description="Number of rows of OI_VIS (complex visibilities); each holds nb_channels values.
        NULL for exposures."><values nullLiteral="-1"/></column>
    <column name="nb_vis2" type="integer" ucd="meta.number" tablehead="N_V²" verbLevel="5"
      description="Number of rows of OI_VIS2 (squared visibilities); each holds nb_channels values.
        NULL for exposures."><values nullLiteral="-1"/></column>
    <column name="nb_t3" type="integer" ucd="meta.number" tablehead="N_T3" verbLevel="5"
      description="Number of rows of OI_T3 (triple products, closure phases); each holds nb_channels values.
        NULL for exposures."><values nullLiteral="-1"/></column>
    <column name="nb_flux" type="integer" ucd="meta.number" tablehead="N_flux" verbLevel="15"
      description="Number of rows of OI_FLUX (spectra); each holds nb_channels values.
        NULL for exposures."><values nullLiteral="-1"/></column>
    <column name="flagged_share" type="double precision" ucd="meta.code.qual;arith.ratio" tablehead="Flagged"
      verbLevel="15" description="Share of data values that the file flags as bad, 0 to 1; NULL for exposures."/>
    <column name="keywords" type="text" ucd="meta.note" tablehead="Keywords" verbLevel="20"
      description="Keywords of the collection, separated by ' ; '."/>
    <column name="subdate" type="timestamp" required="True" ucd="time.processing" tablehead="Submitted" verbLevel="15"
      description="When the granule or exposure was first ingested (UTC)."/>
    <column name="progid" type="text" ucd="meta.id;obs.proposal" tablehead="Programme" verbLevel="10"
      description="Observing programme or proposal, at ESO with its run: 0123.C-0001(A); obs_program in ObsPortal."/>
    <column name="proposal_subid" type="text" ucd="meta.id;obs.proposal" utype="obscore:Provenance.identifier"
      tablehead="Sub-id" verbLevel="20" description="Identifier inside the proposal, such as a target's in a survey."/>
    <column name="dataproduct_category" type="text" ucd="meta.code.class" tablehead="Category" verbLevel="10"
      description="SCIENCE or CALIB (the target was observed as a calibrator); NULL where the file does not tell, which does
        not mean science."/>
    <column name="quality_level" type="smallint" ucd="meta.code.qual" tablehead="Quality" verbLevel="10"
      description="The data provider's estimate: 0 unknown, 1 trash, 2 to be reduced again, 3 quick look (risky to
        publish), 4 science ready, 5 outstanding."><values nullLiteral="-1"/></column>
    <column name="procsoft" type="text" ucd="meta.version;meta.software" utype="obscore:Provenance.version"
      tablehead="Software" verbLevel="15" description="Data reduction software and its version."/>
    <column name="datapi" type="text" ucd="meta.id.PI" tablehead="Data PI" verbLevel="10"
      description="Whom to ask about the data; several names are separated by '/'."/>
    <column name="note" type="text" ucd="meta.note" utype="obscore:Provenance.comment" tablehead="Note" verbLevel="15"
      description="Remark on the granule."/>
    <column name="oifits_version" type="smallint" ucd="meta.version" tablehead="OIFITS" verbLevel="20"
      description="Version of the OIFITS standard that the file follows, 1 or 2; NULL for exposures.">
      <values nullLiteral="-1"/></column>
    <column name="access_md5" type="text" ucd="meta.id;meta.file" tablehead="MD5" verbLevel="25"
      description="MD5 of the file."/>
    <column name="access_sha256" type="text" ucd="meta.id;meta.file" tablehead="SHA-256" verbLevel="25"
      description="SHA-256 of the file."/>

    <viewStatement><![CDATA[
      CREATE VIEW \curtable AS (SELECT \colNames FROM (
        SELECT d.id, g.file_id, d.file_name,
          CAST('visibility' AS text) AS dataproduct_type,
          CAST('opticalInterferometryData' AS text) AS dataproduct_subtype,
          d.level AS calib_level, d.collection_id AS obs_collection, d.obs_id,
          concat_ws(', ', nullif(d.target_name, ''),
            concat_ws(' ', coalesce(g.instrument, nullif(g.instrument_name, ''), e.instrument), e.mode,
              nullif(g.bands, '')),
            to_char(coalesce(g.local_night, archive.local_night(e.interferometer, e.mjd_start)), 'YYYY-MM-DD'))
            AS obs_title,
          d.publisher_did AS obs_publisher_did,
          CASE WHEN e.id IS NULL THEN archive.site_url() || '/files/' || f.id || '/' || f.url_name
            ELSE coalesce(archive.raw_url(e.access_url, e.header_id, e.interferometer),
              archive.site_url() || '/detail/exposure/' || archive.url_part(e.exp_id)) END AS access_url,
          CASE WHEN e.id IS NULL THEN f.media_type
            WHEN archive.raw_url(e.access_url, e.header_id, e.interferometer) IS NULL THEN 'text/html'
            ELSE 'application/fits' END AS access_format,
          CASE WHEN archive.raw_url(e.access_url, e.header_id, e.interferometer) IS NULL
            THEN (f.size_bytes + 999) / 1000 ELSE e.access_estsize END AS access_estsize,
          f.md5 AS access_md5, f.sha256 AS access_sha256,
          d.target_name, d.s_ra, d.s_dec, g.s_fov, r.shape AS s_region,
          coalesce(g.s_resolution, degrees(e.em_min / nullif(e.baseline_max, 0)) * 3600) AS s_resolution,
          d.t_min, d.t_max, coalesce(g.t_exptime, e.exptime) AS t_exptime,
          coalesce(g.t_resolution, e.dit, e.exptime) AS t_resolution, coalesce(g.int_time_min, e.dit) AS int_time_min,
          coalesce(g.local_night, archive.local_night(e.interferometer, e.mjd_start)) AS local_night,
          CAST(coalesce(g.nb_times, e.ndit) AS bigint) AS t_xel,
          coalesce(g.em_min, e.em_min) AS em_min, coalesce(g.em_max, e.em_max) AS em_max,
          coalesce(g.em_res_power, e.em_res_power) AS em_res_power,
          coalesce(g.bands, archive.bands_of(e.em_min, e.em_max)) AS bands,
          CASE WHEN e.id IS NULL THEN 'stat.fourier' ELSE 'phot.count' END AS o_ucd, g.pol_states,
          coalesce(g.facility_name, e.interferometer) AS facility_name, d.instrument_name,
          coalesce(g.facility, e.interferometer) AS facility, d.instrument,
          coalesce(g.instrument_mode, e.mode) AS instrument_mode,
          c.creator AS obs_creator_name,
          coalesce(g.obs_release_date, e.release_date) AT TIME ZONE 'UTC' AS obs_release_date,
          CASE WHEN coalesce(g.obs_release_date, e.release_date) <= now() THEN 'public'
            ELSE coalesce(g.data_rights, 'secure') END AS data_rights,
          c.article_bibcode AS bib_reference,
          coalesce(g.stations, e.stations) AS interferometer_stations,
          coalesce(g.nb_stations, e.nb_stations) AS nb_stations,
          coalesce(g.baseline_min, e.baseline_min) AS baseline_min,
          coalesce(g.baseline_max, e.baseline_max) AS baseline_max,
          g.nb_channels, g.nb_vis, g.nb_vis2, g.nb_t3, g.nb_flux, g.flagged_share,
          array_to_string(c.keywords, ' ; ') AS keywords,
          coalesce(g.subdate, e.subdate) AT TIME ZONE 'UTC' AS subdate,
          d.progid, coalesce(f.proposal_subid, e.proposal_subid) AS proposal_subid,
          coalesce(g.category, CASE e.obs_type WHEN 'science' THEN 'SCIENCE' WHEN 'calibrator' THEN 'CALIB' END)
            AS dataproduct_category,
          coalesce(f.quality_level, e.quality_level) AS quality_level, f.procsoft,
          coalesce(nullif(e.pi_coi, ''), c.datapi) AS datapi, g.note, f.oifits_version
        FROM archive.dataset AS d
          LEFT JOIN archive.granule AS g ON g.id = d.id
          LEFT JOIN archive.file AS f ON f.id = g.file_id
          LEFT JOIN archive.exposure AS e ON e.id = d.id
          LEFT JOIN archive.region AS r ON r.id = d.region_id
          LEFT JOIN archive.collection AS c ON c.id = d.collection_id) AS q)
    ]]></viewStatement>
  </table>

  <FEED source="oidb/optical#table"/>

  <table id="finding" onDisk="True" adql="True">
    <meta name="description">What the OIFITS checker found in each file that is public: which rule of the standard, of
      JMMC or of oivo is broken, where, how often, and how bad that is. Files of granules: file_id in oidb.oidb.</meta>
    <primary>file_id, number</primary>
    <foreignKey inTable="oidb" source="file_id" dest="file_id" metaOnly="True"/>
    <foreignKey inTable="collection" source="obs_collection" dest="id" metaOnly="True"/>
    <index name="finding_file" columns="file_id" metaOnly="True"/>
    <index name="finding_rule" columns="rule" metaOnly="True"/>
    <column name="file_id" type="bigint" required="True" ucd="meta.id;meta.file" tablehead="File" verbLevel="1"
      description="Identifier of the file; file_id in oidb.oidb."/>
    <column name="number" type="integer" required="True" ucd="meta.number" tablehead="N" verbLevel="10"
      description="Number of the finding within its file."/>
    <column name="file_name" type="text" required="True" ucd="meta.id;meta.file" tablehead="File name" verbLevel="1"
      description="Name of the file."/>
    <column original="//obscore#ObsCore.obs_collection"
      description="Collection of the file: id in oidb.collection."/>
    <column name="hdu" type="integer" ucd="meta.id" tablehead="HDU" verbLevel="5"
      description="Number of the HDU in the file, the primary one is 0; NULL for the file as a whole.">
      <values nullLiteral="-1"/></column>
    <column name="hdu_name" type="text" ucd="meta.id" tablehead="Table" verbLevel="1"
      description="EXTNAME of the HDU."/>
    <column name="member" type="text" ucd="meta.id" tablehead="Member" verbLevel="1"
      description="Column or keyword."/>
    <column name="rule" type="text" required="True" ucd="meta.code.error" tablehead="Rule" verbLevel="1"
      description="Name of the rule; those of oitools have its names."/>
    <column name="origin" type="text" required="True" ucd="meta.ref" tablehead="Origin" verbLevel="5"
      description="Whose rule it is: OIFITS (the standard), JMMC or oivo."/>
    <column name="severity" type="text" required="True" ucd="meta.code.qual" tablehead="Severity" verbLevel="1"
      description="SEVERE, WARNING or INFO."/>
    <column name="occurrences" type="integer" required="True" ucd="meta.number" tablehead="Times" verbLevel="5"
      description="How many values, rows or cells break the rule."/>
    <column name="message" type="text" required="True" ucd="meta.note" tablehead="Finding" verbLevel="1"
      description="What was found."/>
    <viewStatement><![CDATA[
      CREATE VIEW \curtable AS (SELECT \colNames FROM (
        SELECT d.file_id, d.number, f.name AS file_name, f.collection_id AS obs_collection, d.hdu, d.hdu_name, d.member,
          d.rule, d.origin, d.severity, d.occurrences, d.message
        FROM archive.finding AS d JOIN archive.file AS f ON f.id = d.file_id
          AND f.retired IS NULL JOIN archive.collection AS c ON c.id = f.collection_id AND c.retired IS NULL
        WHERE NOT EXISTS (SELECT FROM archive.granule AS g WHERE g.file_id = f.id
          AND g.data_rights <> 'public' AND coalesce(g.obs_release_date > now(), true))) AS q)
    ]]></viewStatement>
  </table>

  <data id="publish">
    <make table="collection"/>
    <make table="oidb"/>
    <make table="obscore_optical"/>
    <make table="finding"/>
  </data>

  <service id="scs" allowed="scs.xml,form">
    <FEED source="registry/meta#oidb-service"/>
    <scsCore queriedTable="oidb">
      <FEED source="//scs#coreDescs"/>
      <condDesc buildFrom="instrument"/>
      <condDesc buildFrom="calib_level"/>
    </scsCore>
    <!-- SCS 1.03 wants the main identifier to be a text -->
    <outputTable autoCols="*">
      <outputField original="id" type="text" select="CAST(id AS text)" required="False"/>
    </outputTable>
  </service>

  <service id="dl" allowed="dlmeta">
    <meta name="title">OiDB links</meta>
    <meta name="description">DataLink: the file of a granule, or the frame of an exposure, and what belongs to it.</meta>
    <datalinkCore>
      <descriptorGenerator>
        <setup imports="oidb_rd.links"/>
        <code>return links.describe(pubDID)</code>
      </descriptorGenerator>
      <metaMaker>
        <setup imports="oidb_rd.links"/>
        <code>yield from links.links_of(descriptor)</code>
      </metaMaker>
    </datalinkCore>
  </service>

  <service id="plot" allowed="custom" customPage="plotpage">
    <meta name="title">OiDB plots</meta>
    <meta name="description">Quick-look sheets of granules, as private as their files.</meta>
    <nullCore/>
  </service>

  <service id="file" allowed="custom" customPage="filepage">
    <meta name="title">OiDB files</meta>
    <meta name="description">Delivery of OIFITS files; private ones only to those who may read them.</meta>
    <nullCore/>
  </service>

  <service id="report" allowed="custom" customPage="reportpage">
    <meta name="title">OIFITS reports</meta>
    <meta name="description">What the OIFITS checker says of each file of OiDB, as private as the file.</meta>
    <nullCore/>
  </service>

  <service id="validator" allowed="custom" customPage="validatorpage">
    <meta name="title">OIFITS validator</meta>
    <meta name="description">Checks OIFITS files and draws them, in the browser or for programs; nothing is kept.</meta>
    <nullCore/>
  </service>

  <service id="home" allowed="custom" customPage="home">
    <meta name="title">\getConfig{web}{sitename}</meta>
    <meta name="description">The front page.</meta>
    <nullCore/>
  </service>

  <service id="search" allowed="form">
    <meta name="title">OiDB search</meta>
    <meta name="shortName">OiDB search</meta>
    <meta name="description">Search of the granules of OiDB in the browser: by target or position, date, instrument,
      wavelength, level, origin and rights; the answer as a page, VOTable, FITS, CSV or JSON.</meta>
    <publish render="form" sets="local"/>
    <template key="form">templates/search.html</template>
    <template key="response">templates/search.html</template>
    <!-- Fields are texts: oidb_rd.search reads them, and tells each field's own message -->
    <pythonCore>
      <inputTable>
        <inputKey name="target" type="text" tablehead="Target" description="Name of a target, * standing for anything;
          or a position in degrees or sexagesimal (ICRS)."/>
        <inputKey name="radius" type="text" tablehead="Radius"
          description="Radius around the target's position, in arcmin or with its unit (30 arcsec, 2 arcmin, 0.5 deg);
            2 arcmin where nothing is said."/>
        <inputKey name="date_from" type="text" tablehead="From"
          description="First day (UTC): 2023-05-17, 2023-05 or 2023."/>
        <inputKey name="date_to" type="text" tablehead="To" description="Last day (UTC), included."/>
        <inputKey name="instrument" type="text" tablehead="Instrument"
          description="Instrument; what is no known name is compared with the beginning of the file's own, * standing
            for anything."/>
        <inputKey name="facility" type="text" tablehead="Array" description="Array, in the same way."/>
        <inputKey name="band" type="text" tablehead="Band"
          description="Bands (U B V R I J H K L M N Q): one of them has a channel. Or a range in µm, such as 2.0-2.4:
            the wavelengths overlap it."/>
        <inputKey name="level" type="text" multiplicity="multiple" tablehead="Level"
          widgetFactory="widgetFactory(CheckboxMultiChoice, options=[(str(level), 'L%d'%level) for level in range(4)])"
          description="Calibration level: 0 raw exposures, 1 uncalibrated, 2 calibrated, 3 published; several are alternatives."/>
        <inputKey name="category" type="text" tablehead="Category"
          description="science (or not told), calib or all."/>
        <inputKey name="rights" type="text" tablehead="Files" description="public, private or all."/>
        <inputKey name="collection" type="text" tablehead="Collection"
          description="Identifier of a collection, or a part of its identifier, name or title."/>
        <inputKey name="datapi" type="text" tablehead="Data PI" description="A part of the data PI's name."/>
        <inputKey name="progid" type="text" tablehead="Programme" description="Beginning of the programme."/>
        <inputKey name="obs_id" type="text" tablehead="Observation" description="Beginning of the observation's id."/>
        <inputKey name="proposal_subid" type="text" tablehead="Sub-id"
          description="Beginning of the identifier inside the proposal."/>
        <inputKey name="sort" type="text" tablehead="Sort"
          description="newest (where nothing is said), oldest, target, instrument, submitted or quality; or the name of
            a column's head: date, baseline, channels, vis2, t3, level, release, collection; - before it turns it
            round."/>
        <inputKey name="page" type="text" tablehead="Page" description="Number of the page, from 1."/>
        <inputKey name="MAXREC" type="text" tablehead="Rows"
          description="How many rows, 100 where nothing is said; at most 500 on a page, 100000 in other formats."/>
      </inputTable>
      <outputTable namePath="oidb">
        <LOOP>
          <codeItems>
            for column in context.getById("oidb"):
              yield {"item": column.name}
          </codeItems>
          <events><outputField original="\item"/></events>
        </LOOP>
      </outputTable>
      <coreProc>
        <setup imports="oidb_rd.search"/>
        <code>return search.run(service, queryMeta, inputTable.args)</code>
      </coreProc>
    </pythonCore>
    <customRF name="searchtitle">
      from oidb_rd import searchpage
      return searchpage.title(self, request, tag)
    </customRF>
    <customRF name="searchpage">
      from oidb_rd import searchpage
      return searchpage.page(self, request, tag)
    </customRF>
  </service>
</resource>
