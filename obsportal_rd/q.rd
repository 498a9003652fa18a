<?xml version="1.0" encoding="utf-8"?>
<!-- ObsPortal: what is published of the archive's raw exposures, their baselines, observations and targets, and the
     pages and the address of ASPRO2. All tables are views: importing or dropping this RD loses nothing. -->
<resource schema="obsportal" resdir="obsportal">
  <!-- title, description, subjects, news: the operator's registry.toml; coverage: the data -->
  <FEED source="registry/meta#obsportal"/>

  <table id="observation" onDisk="True" adql="True" primary="obs_id">
    <meta name="description">Observations: the exposures of one observing block, or of one template where the header
      names no block, with their counts and times. One row an observing block; obs_id leads to obsportal.exposure.</meta>
    <index name="observation_obs_id" columns="obs_id" metaOnly="True"/>
    <index name="observation_obs_program" columns="obs_program" metaOnly="True"/>
    <index name="observation_obs_block_id" columns="obs_block_id" metaOnly="True"/>
    <index name="observation_obs_container_id" columns="obs_container_id" metaOnly="True"/>
    <column name="obs_id" type="bigint" required="True" ucd="meta.id;meta.main" tablehead="Observation" verbLevel="1"
      description="Identifier of the observation; obs_id in obsportal.exposure."/>
    <column name="obs_block_id" type="bigint" ucd="meta.id;obs" tablehead="OB" verbLevel="15"
      description="Number of the observing block in its observatory."><values nullLiteral="-1"/></column>
    <column name="obs_block_name" type="text" ucd="meta.title;obs" tablehead="OB name" verbLevel="20"
      description="Name of the observing block."/>
    <column name="obs_program" type="text" ucd="meta.id;obs.proposal" tablehead="Programme" verbLevel="5"
      description="Observing programme and run, as the header has it."/>
    <column name="obs_program_title" type="text" ucd="meta.title;obs.proposal" tablehead="Title" verbLevel="15"
      description="Title of the observing programme."/>
    <column name="obs_program_pi_coi" type="text" ucd="meta.id.PI" tablehead="PI" verbLevel="10"
      description="Principal investigator and co-investigators of the programme, or one of them."/>
    <column name="obs_container_id" type="bigint" ucd="meta.id.assoc;obs" tablehead="Container" verbLevel="20"
      description="Number of the container (concatenation, group) that the observing block is in.">
      <values nullLiteral="-1"/></column>
    <column name="obs_container_type" type="text" ucd="meta.code.class;obs" tablehead="Kind of container" verbLevel="25"
      description="Kind of the container: C concatenation, G group, T time link."/>
    <column name="interferometer_name" type="text" required="True" ucd="meta.id;instr.tel" tablehead="Array"
      verbLevel="5" description="Name of the interferometer (VLTI, CHARA)."/>
    <column name="instrument_names" type="text" ucd="meta.id;instr" tablehead="Instruments" verbLevel="1"
      description="Names of the instruments, separated by blanks."/>
    <column name="target_names" type="text" ucd="meta.id;src" tablehead="Targets" verbLevel="1"
      description="Names of the identified targets, separated by ' ; '."/>
    <column name="obs_mjd_start" type="double precision" unit="d" ucd="time.start;obs" tablehead="Start" verbLevel="1"
      displayHint="sf=5" description="Start of the first exposure, as MJD (UTC)."/>
    <column name="obs_mjd_end" type="double precision" unit="d" ucd="time.end;obs" tablehead="End" verbLevel="5"
      displayHint="sf=5" description="End of the last exposure, as MJD (UTC)."/>
    <column name="obs_time" type="double precision" unit="s" ucd="time.duration;obs" tablehead="Integration"
      verbLevel="10" displayHint="sf=0" description="Integration time of all exposures together."/>
    <column name="nb_exposures" type="integer" required="True" ucd="meta.number;obs.exposure" tablehead="Exposures"
      verbLevel="1" description="Number of exposures."/>
    <column name="nb_targets" type="integer" required="True" ucd="meta.number;src" tablehead="N_targets" verbLevel="10"
      description="Number of identified targets."/>
    <viewStatement><![CDATA[
      CREATE VIEW \curtable AS (SELECT \colNames FROM (
        SELECT o.id AS obs_id, o.ob_id AS obs_block_id, o.ob_name AS obs_block_name,
          o.prog_id AS obs_program, o.prog_title AS obs_program_title, o.pi_coi AS obs_program_pi_coi,
          o.container_id AS obs_container_id, o.container_type AS obs_container_type,
          o.interferometer AS interferometer_name,
          s.instrument_names, s.target_names, s.obs_mjd_start, s.obs_mjd_end, s.obs_time,
          CAST(s.nb_exposures AS integer) AS nb_exposures, CAST(s.nb_targets AS integer) AS nb_targets
        FROM archive.observation AS o
          LEFT JOIN LATERAL (SELECT string_agg(DISTINCT e.instrument, ' ') AS instrument_names,
              string_agg(DISTINCT t.name, ' ; ') AS target_names,
              min(e.mjd_start) AS obs_mjd_start, max(e.mjd_end) AS obs_mjd_end, sum(e.exptime) AS obs_time,
              count(*) AS nb_exposures, count(DISTINCT e.target_id) AS nb_targets
            FROM archive.exposure AS e LEFT JOIN archive.target AS t ON t.id = e.target_id
            WHERE e.observation_id = o.id) AS s ON true) AS q)
    ]]></viewStatement>
  </table>

  <table id="target" onDisk="True" adql="True" primary="target_id">
    <meta name="description">Targets: what the names and positions of the exposures were identified with. One row a star (or
      other object), whatever headers call it; target_id leads to obsportal.exposure.</meta>
    <index name="target_pos" columns="target_ra,target_dec" kind="spoint" method="GIST" metaOnly="True"/>
    <index name="target_target_id" columns="target_id" metaOnly="True"/>
    <index name="target_target_name" columns="target_name" metaOnly="True"/>
    <column name="target_id" type="bigint" required="True" ucd="meta.id;meta.main" tablehead="Target id" verbLevel="5"
      description="Identifier of the target; target_id in obsportal.exposure."/>
    <column name="target_name" type="text" ucd="meta.id;src" tablehead="Target" required="True" verbLevel="1"
      description="Name of the target."/>
    <column name="target_ra" type="double precision" unit="deg" ucd="pos.eq.ra;meta.main" tablehead="RA"
      required="True" verbLevel="1" displayHint="type=hms,sf=2"
      description="Right ascension of the identified target (ICRS, epoch 2000.0)."/>
    <column name="target_dec" type="double precision" unit="deg" ucd="pos.eq.dec;meta.main" tablehead="Dec"
      required="True" verbLevel="1" displayHint="type=dms,sf=1"
      description="Declination of the identified target (ICRS, epoch 2000.0)."/>
    <column name="target_pm_ra" type="double precision" unit="mas/yr" ucd="pos.pm;pos.eq.ra" tablehead="PM RA"
      verbLevel="10" displayHint="sf=1" description="Proper motion in right ascension, with the cosine of the
        declination."/>
    <column name="target_pm_dec" type="double precision" unit="mas/yr" ucd="pos.pm;pos.eq.dec" tablehead="PM Dec"
      verbLevel="10" displayHint="sf=1" description="Proper motion in declination."/>
    <column name="target_origin" type="text" required="True" ucd="meta.code.class" tablehead="Origin" verbLevel="5"
      description="What identified it: catalogue (a table of stars), resolver (an answer of Sesame), positions (only
        positions and names of the headers)."/>
    <column name="target_scatter" type="double precision" unit="arcsec" ucd="stat.stdev;pos" tablehead="Scatter"
      verbLevel="15" displayHint="sf=2" description="Scatter of the headers' positions around it."/>
    <column name="target_aliases" type="text" ucd="meta.id;src" tablehead="Names in headers" verbLevel="10"
      description="Names that headers gave to it, the most frequent first, separated by ' ; '."/>
    <column name="nb_exposures" type="integer" required="True" ucd="meta.number;obs.exposure" tablehead="Exposures"
      verbLevel="1" description="Number of exposures."/>
    <column name="target_mjd_first" type="double precision" unit="d" ucd="time.start;obs" tablehead="First"
      verbLevel="5" displayHint="sf=5" description="Start of its first exposure, as MJD (UTC)."/>
    <column name="target_mjd_last" type="double precision" unit="d" ucd="time.end;obs" tablehead="Last" verbLevel="5"
      displayHint="sf=5" description="End of its last exposure, as MJD (UTC)."/>
    <viewStatement><![CDATA[
      CREATE VIEW \curtable AS (SELECT \colNames FROM (
        SELECT t.id AS target_id, t.name AS target_name, t.ra AS target_ra, t.dec AS target_dec,
          t.pm_ra AS target_pm_ra, t.pm_dec AS target_pm_dec, t.origin AS target_origin, t.scatter AS target_scatter,
          (SELECT string_agg(a.raw_name, ' ; ' ORDER BY a.nb DESC, a.raw_name)
            FROM archive.target_alias AS a WHERE a.target_id = t.id) AS target_aliases,
          CAST(s.nb_exposures AS integer) AS nb_exposures, s.target_mjd_first, s.target_mjd_last
        FROM archive.target AS t
          LEFT JOIN LATERAL (SELECT count(*) AS nb_exposures, min(e.mjd_start) AS target_mjd_first,
              max(e.mjd_end) AS target_mjd_last
            FROM archive.exposure AS e WHERE e.target_id = t.id) AS s ON true
        WHERE t.merged_into IS NULL) AS q)
    ]]></viewStatement>
  </table>

  <table id="exposure" onDisk="True" adql="True" primary="exp_id">
    <meta name="description">Raw exposures, one row each: one frame of one interferometer on one target. The 29 columns of the
      original ObsPortal under their names, weather, observing block, detector, the header's own words, and who may
      read the file. oidb.oidb has the same exposures as its level 0, under the same id. Joins: obs_id with obsportal.observation,
      target_id with obsportal.target, exp_id with obsportal.baseline. NULL: the header does not tell.</meta>
    <meta name="_associatedDatalinkService">
      <meta name="serviceId">oidb/q#dl</meta>
      <meta name="idColumn">obs_publisher_did</meta>
    </meta>
    <foreignKey inTable="observation" source="obs_id" dest="obs_id" metaOnly="True"/>
    <foreignKey inTable="target" source="target_id" dest="target_id" metaOnly="True"/>
    <foreignKey inTable="oidb/q#oidb" source="id" dest="id" metaOnly="True"/>
    <!-- The indexes are the archive's (ingest/archive/migrations); here they are only declared. The position is the
         target's: a cone finds targets, and through them exposures. -->
    <index name="exposure_pos" columns="target_ra,target_dec" kind="spoint" method="GIST" metaOnly="True"/>
    <LOOP listItems="exp_id exp_header_id exp_mjd_start exp_mjd_end exp_date_updated obs_id obs_program obs_block_id
        instrument_name target_id target_name obs_publisher_did id">
      <events><index name="exposure_\item" columns="\item" metaOnly="True"/></events>
    </LOOP>

    <!-- the original's columns, in its order -->
    <column name="exp_id" type="text" required="True" ucd="meta.id;meta.main" tablehead="Exposure" verbLevel="1"
      description="Identifier of the exposure: that of the frame and a number."/>
    <column name="exp_header_id" type="text" required="True" ucd="meta.id;meta.dataset" tablehead="Frame" verbLevel="10"
      description="Identifier of the frame in the archive that has it (DP.ID at ESO)."/>
    <column name="exp_mjd_start" type="double precision" required="True" unit="d" ucd="time.start;obs.exposure"
      tablehead="Start" verbLevel="1" displayHint="sf=6" description="Start of the exposure, as MJD (UTC)."/>
    <column name="exp_mjd_end" type="double precision" required="True" unit="d" ucd="time.end;obs.exposure"
      tablehead="End" verbLevel="5" displayHint="sf=6"
      description="End of the exposure, as MJD (UTC): its start and its integration time."/>
    <column name="exp_projected_baselines" type="text" ucd="instr.baseline" tablehead="Baselines" verbLevel="20"
      description="Projected baselines as JSON: for each pair of stations length (m) and position angle (deg, north
        through east), at start and end. See obsportal.baseline for numbers."/>
    <column name="exp_validation_level" type="smallint" required="True" ucd="meta.code.qual" tablehead="Valid"
      verbLevel="10" description="1: the header is complete; 0: something is missing, see exp_validation_log."/>
    <column name="exp_validation_log" type="text" ucd="meta.note" tablehead="Missing" verbLevel="20"
      description="What is missing in the header, as a JSON list of sentences."/>
    <column name="exp_tau0" type="double precision" unit="s" ucd="time.duration;obs.atmos" tablehead="τ0"
      verbLevel="10" displayHint="sf=4" description="Atmospheric coherence time, mean of start and end."/>
    <column name="exp_temperature" type="double precision" unit="'degC'" ucd="phys.temperature;obs.atmos"
      tablehead="T" verbLevel="15" displayHint="sf=1" description="Temperature of the air, in degrees Celsius."/>
    <column name="exp_seeing" type="double precision" unit="arcsec" ucd="instr.obsty.seeing" tablehead="Seeing"
      verbLevel="10" displayHint="sf=2" description="Seeing (FWHM), mean of start and end."/>
    <column name="exp_date_updated" type="timestamp" required="True" ucd="time.processing" tablehead="Updated"
      verbLevel="15" description="When something about the exposure last changed here (UTC)."/>
    <column name="exp_date_release" type="timestamp" ucd="time.release" tablehead="Public from" verbLevel="10"
      description="When the file becomes, or became, public in its archive (UTC); NULL where that is not known."/>
    <column name="obs_id" type="bigint" required="True" ucd="meta.id;obs" tablehead="Observation" verbLevel="5"
      description="Observation (observing block) that the exposure is part of: obs_id in obsportal.observation."/>
    <column name="obs_type" type="text" required="True" ucd="meta.code.class;obs" tablehead="Type" verbLevel="1"
      description="What the frame was made for: science or calibrator. Whether the star is a good one: badcal.badcal."/>
    <column original="observation.obs_program"/>
    <column original="observation.obs_program_title"/>
    <column original="observation.obs_program_pi_coi"/>
    <column original="observation.interferometer_name"/>
    <column name="interferometer_stations" type="text" ucd="meta.id;instr.tel" tablehead="Stations" verbLevel="1"
      description="Stations whose light was combined, in the order of the beams, separated by blanks."/>
    <column name="instrument_name" type="text" required="True" ucd="meta.id;instr" tablehead="Instrument" verbLevel="1"
      description="Name of the instrument."/>
    <column name="instrument_mode" type="text" ucd="instr.setup" tablehead="Mode" verbLevel="1"
      description="Mode of the instrument as ASPRO2 names it; NULL where the header fits none."/>
    <column name="instrument_submode" type="text" ucd="instr.setup" tablehead="Sub-mode" verbLevel="10"
      description="What else tells the set-up, such as SINGLE or DUAL field of GRAVITY."/>
    <column name="instrument_em_min" type="double precision" unit="m" ucd="em.wl;stat.min" tablehead="λ_min"
      verbLevel="15" description="Shortest wavelength of the mode."/>
    <column name="instrument_em_max" type="double precision" unit="m" ucd="em.wl;stat.max" tablehead="λ_max"
      verbLevel="15" description="Longest wavelength of the mode."/>
    <column name="instrument_em_res_power" type="double precision" ucd="spect.resolution" tablehead="R" verbLevel="15"
      description="Spectral resolving power of the mode."/>
    <column name="target_id" type="bigint" ucd="meta.id;src" tablehead="Target id" verbLevel="15"
      description="Identified target: target_id in obsportal.target; NULL where the exposure has no position.">
      <values nullLiteral="-1"/></column>
    <column original="target.target_name" required="False"
      description="Name of the identified target; the header's own is target_raw_name."/>
    <column original="target.target_ra" required="False"/>
    <column original="target.target_dec" required="False"/>

    <!-- what it lacked: the exposure -->
    <column name="exp_withdrawn" type="timestamp" ucd="time.end;meta.dataset" tablehead="Withdrawn"
      verbLevel="25" description="When the frame was found to be gone from its archive (UTC); such exposures are not in
        oidb.oidb and ivoa.obscore."/>
    <column name="exp_data_rights" type="text" required="True" ucd="meta.code" tablehead="Rights" verbLevel="10"
      description="public: anybody may read the file now; secure: only those whom its archive lets. Without a release
        date: secure."/>
    <column name="exp_time" type="double precision" unit="s" ucd="time.duration;obs.exposure" tablehead="Integration"
      verbLevel="5" displayHint="sf=1" description="Integration time: of all detector integrations together."/>
    <column name="exp_dit" type="double precision" unit="s" ucd="time.duration;instr.det" tablehead="DIT"
      verbLevel="15" description="Time of one detector integration."/>
    <column name="exp_ndit" type="integer" ucd="meta.number;instr.det" tablehead="NDIT" verbLevel="15"
      description="Number of detector integrations."><values nullLiteral="-1"/></column>
    <column name="exp_humidity" type="double precision" unit="'percent'" ucd="phys.pressure;arith.ratio;obs.atmos"
      tablehead="Humidity" verbLevel="15" displayHint="sf=1" description="Relative humidity of the air, in percent."/>
    <column name="exp_pressure" type="double precision" unit="hPa" ucd="phys.pressure;obs.atmos" tablehead="Pressure"
      verbLevel="20" displayHint="sf=1" description="Pressure of the air at the site."/>
    <column name="exp_wind_speed" type="double precision" unit="m/s" ucd="phys.veloc;obs.atmos" tablehead="Wind"
      verbLevel="15" displayHint="sf=1" description="Speed of the wind."/>
    <column name="exp_wind_direction" type="double precision" unit="deg" ucd="pos.posAng;obs.atmos"
      tablehead="Wind from" verbLevel="20" displayHint="sf=0"
      description="Direction that the wind comes from, from north through east."/>
    <column name="exp_iwv" type="double precision" unit="mm" ucd="phys.columnDensity;obs.atmos" tablehead="Water"
      verbLevel="15" displayHint="sf=2" description="Integrated water vapour, in millimetres of liquid water."/>
    <column name="exp_airmass" type="double precision" ucd="obs.airMass" tablehead="Airmass" verbLevel="15"
      displayHint="sf=2" description="Airmass, mean of start and end."/>
    <column name="exp_altitude" type="double precision" unit="deg" ucd="pos.az.alt" tablehead="Altitude" verbLevel="15"
      displayHint="sf=1" description="Altitude of the telescopes above the horizon at the start."/>
    <column name="exp_azimuth" type="double precision" unit="deg" ucd="pos.az.azi" tablehead="Azimuth" verbLevel="15"
      displayHint="sf=1" description="Azimuth of the telescopes at the start, from north through east."/>
    <column name="exp_baseline_min" type="double precision" unit="m" ucd="instr.baseline;stat.min" tablehead="B_min"
      verbLevel="10" displayHint="sf=1" description="Shortest projected baseline."/>
    <column name="exp_baseline_max" type="double precision" unit="m" ucd="instr.baseline;stat.max" tablehead="B_max"
      verbLevel="5" displayHint="sf=1" description="Longest projected baseline."/>
    <column name="exp_template" type="text" ucd="meta.id;obs.sequence" tablehead="Template" verbLevel="20"
      description="Name of the observing template."/>
    <column name="exp_template_start" type="timestamp" ucd="time.start;obs.sequence" tablehead="Template start"
      verbLevel="20" description="Start of the template (UTC)."/>
    <column name="exp_template_number" type="integer" ucd="meta.number;obs.sequence" tablehead="N in template"
      verbLevel="20" description="Number of the exposure in its template, from 1."><values nullLiteral="-1"/></column>
    <column name="exp_template_count" type="integer" ucd="meta.number;obs.sequence" tablehead="N of template"
      verbLevel="20" description="Number of exposures that the template was to make.">
      <values nullLiteral="-1"/></column>
    <column name="exp_quality_level" type="smallint" ucd="meta.code.qual" tablehead="Quality" verbLevel="20"
      description="A curator's judgement: 0 unknown, 1 trash, 2 to be reduced again, 3 quick look, 4 science ready,
        5 outstanding; NULL: nobody has judged."><values nullLiteral="-1"/></column>
    <column name="exp_aspro_log" type="text" ucd="meta.note" tablehead="For ASPRO2" verbLevel="25"
      description="What ASPRO2 would hold against this row, as a JSON list of sentences."/>
    <column name="exp_findings" type="text" ucd="meta.note" tablehead="Findings" verbLevel="25"
      description="What else was found odd, such as baselines that differ from the header's, as a JSON list."/>
    <!-- the observation -->
    <column original="observation.obs_block_id"/>
    <column original="observation.obs_block_name"/>
    <column original="observation.obs_container_id"/>
    <column original="observation.obs_container_type"/>
    <column name="obs_program_subid" type="text" ucd="meta.id;obs.proposal" tablehead="Sub-id" verbLevel="20"
      description="Identifier inside the proposal, such as a target's in a survey."/>
    <column name="interferometer_telescopes" type="text" ucd="meta.id;instr.tel" tablehead="Telescopes" verbLevel="15"
      description="Names of the telescopes in the order of the stations, separated by blanks."/>
    <column name="interferometer_nb_stations" type="smallint" ucd="meta.number;instr.tel" tablehead="N_tel"
      verbLevel="10" description="Number of stations."><values nullLiteral="-1"/></column>
    <column name="instrument_fringe_tracker" type="text" ucd="meta.id;instr" tablehead="Tracker" verbLevel="15"
      description="Fringe tracker: GRAVITY, FINITO; NULL where there was none."/>
    <column name="instrument_adaptive_optics" type="text" ucd="meta.id;instr" tablehead="AO" verbLevel="20"
      description="Adaptive optics: NAOMI, MACAO, CIAO, GPAO; NULL where it is not known."/>
    <!-- the target in the header's words -->
    <column name="target_raw_name" type="text" required="True" ucd="meta.id;src" tablehead="Target in header"
      verbLevel="15" description="Name of the target in the header (OBS TARG NAME)."/>
    <column name="target_object" type="text" required="True" ucd="meta.id;src" tablehead="OBJECT" verbLevel="25"
      description="OBJECT of the header, often only a label such as STD."/>
    <column name="target_header_ra" type="double precision" unit="deg" ucd="pos.eq.ra;instr.tel"
      tablehead="RA in header" verbLevel="20" displayHint="type=hms,sf=2"
      description="RA of the header: where the telescopes pointed."/>
    <column name="target_header_dec" type="double precision" unit="deg" ucd="pos.eq.dec;instr.tel"
      tablehead="Dec in header" verbLevel="20" displayHint="type=dms,sf=1"
      description="DEC of the header: where the telescopes pointed."/>
    <column name="target_ref_ra" type="double precision" unit="deg" ucd="pos.eq.ra" tablehead="Reference RA"
      verbLevel="25" displayHint="type=hms,sf=2" description="Right ascension that the user gave (ISS REF RA)."/>
    <column name="target_ref_dec" type="double precision" unit="deg" ucd="pos.eq.dec" tablehead="Reference Dec"
      verbLevel="25" displayHint="type=dms,sf=1" description="Declination that the user gave (ISS REF DEC)."/>
    <column name="target_ft_name" type="text" ucd="meta.id;src" tablehead="Fringe-tracked" verbLevel="20"
      description="GRAVITY: star that the fringe tracker was on."/>
    <column name="target_sc_name" type="text" ucd="meta.id;src" tablehead="Science object" verbLevel="20"
      description="GRAVITY: object that the science spectrometer was on."/>
    <column name="target_sc_offset_ra" type="double precision" unit="mas" ucd="pos.eq.ra;arith.diff"
      tablehead="Offset RA" verbLevel="25" description="Offset from the fringe-tracked star to the science object, in
        right ascension."/>
    <column name="target_sc_offset_dec" type="double precision" unit="mas" ucd="pos.eq.dec;arith.diff"
      tablehead="Offset Dec" verbLevel="25" description="Offset from the fringe-tracked star to the science object, in
        declination."/>
    <!-- the file -->
    <column original="//obscore#ObsCore.access_url" utype="" description="Where the file is: in the archive of the
      observatory; for logs without files, the page of the exposure here."/>
    <column original="//obscore#ObsCore.access_estsize" utype="" description="Size of the file, in kilobytes, where its
      archive tells."/>
    <column original="//obscore#ObsCore.obs_publisher_did" utype="" description="Identifier of the exposure in the
      Virtual Observatory; DataLink (/oidb/q/dl) takes it."/>
    <column name="id" type="bigint" ucd="meta.id" tablehead="Id" verbLevel="20"
      description="Identifier of the exposure in oidb.oidb; NULL where it is not there since the frame was withdrawn.">
      <values nullLiteral="-1"/></column>

    <viewStatement><![CDATA[
      CREATE VIEW \curtable AS (SELECT \colNames FROM (
        SELECT e.exp_id, e.header_id AS exp_header_id, e.mjd_start AS exp_mjd_start, e.mjd_end AS exp_mjd_end,
          e.projected_baselines AS exp_projected_baselines,
          e.validation_level AS exp_validation_level, e.validation_log AS exp_validation_log,
          e.tau0 AS exp_tau0, e.temperature AS exp_temperature, e.seeing AS exp_seeing,
          e.date_updated AT TIME ZONE 'UTC' AS exp_date_updated,
          e.release_date AT TIME ZONE 'UTC' AS exp_date_release,
          e.observation_id AS obs_id, e.obs_type, e.prog_id AS obs_program, e.prog_title AS obs_program_title,
          e.pi_coi AS obs_program_pi_coi,
          e.interferometer AS interferometer_name, e.stations AS interferometer_stations,
          e.instrument AS instrument_name, e.mode AS instrument_mode, e.submode AS instrument_submode,
          e.em_min AS instrument_em_min, e.em_max AS instrument_em_max, e.em_res_power AS instrument_em_res_power,
          e.target_id, t.name AS target_name, t.ra AS target_ra, t.dec AS target_dec,
          f.gone AT TIME ZONE 'UTC' AS exp_withdrawn,
          CASE WHEN e.release_date <= now() THEN 'public' ELSE 'secure' END AS exp_data_rights,
          e.exptime AS exp_time, e.dit AS exp_dit, e.ndit AS exp_ndit,
          e.humidity AS exp_humidity, e.pressure AS exp_pressure,
          e.wind_speed AS exp_wind_speed, e.wind_direction AS exp_wind_direction, e.iwv AS exp_iwv,
          e.airmass AS exp_airmass, e.altitude AS exp_altitude, e.azimuth AS exp_azimuth,
          e.baseline_min AS exp_baseline_min, e.baseline_max AS exp_baseline_max,
          e.tpl_id AS exp_template, e.tpl_start AT TIME ZONE 'UTC' AS exp_template_start,
          e.tpl_expno AS exp_template_number, e.tpl_nexp AS exp_template_count,
          e.quality_level AS exp_quality_level, e.aspro_log AS exp_aspro_log, e.findings AS exp_findings,
          o.ob_id AS obs_block_id, o.ob_name AS obs_block_name,
          o.container_id AS obs_container_id, o.container_type AS obs_container_type,
          e.proposal_subid AS obs_program_subid,
          e.telescopes AS interferometer_telescopes, e.nb_stations AS interferometer_nb_stations,
          e.fringe_tracker AS instrument_fringe_tracker, e.adaptive_optics AS instrument_adaptive_optics,
          e.raw_target AS target_raw_name, e.object_label AS target_object,
          e.ra AS target_header_ra, e.dec AS target_header_dec, e.ref_ra AS target_ref_ra, e.ref_dec AS target_ref_dec,
          e.ft_object AS target_ft_name, e.sc_object AS target_sc_name,
          e.sc_offset_ra AS target_sc_offset_ra, e.sc_offset_dec AS target_sc_offset_dec,
          coalesce(archive.raw_url(e.access_url, e.header_id, e.interferometer),
            archive.site_url() || '/detail/exposure/' || archive.url_part(e.exp_id)) AS access_url,
          CASE WHEN archive.raw_url(e.access_url, e.header_id, e.interferometer) IS NOT NULL
            THEN e.access_estsize END AS access_estsize,
          e.publisher_did AS obs_publisher_did, d.id
        FROM archive.exposure AS e
          LEFT JOIN archive.observation AS o ON o.id = e.observation_id
          LEFT JOIN archive.target AS t ON t.id = e.target_id
          LEFT JOIN archive.frame AS f ON f.id = e.header_id
          LEFT JOIN archive.dataset AS d ON d.id = e.id) AS q)
    ]]></viewStatement>
  </table>

  <table id="baseline" onDisk="True" adql="True" primary="exp_id,baseline_number">
    <meta name="description">Projected baselines of the exposures, computed from stations, coordinates and time, beside
      those of the headers. One row a pair of stations of an exposure (6 for four telescopes); exp_id leads to
      obsportal.exposure. NULL in header_… and diff_…: the header has none.</meta>
    <foreignKey inTable="exposure" source="exp_id" dest="exp_id" metaOnly="True"/>
    <index name="baseline_exp_id" columns="exp_id" metaOnly="True"/>
    <column name="exp_id" type="text" required="True" ucd="meta.id;obs.exposure" tablehead="Exposure" verbLevel="1"
      description="Identifier of the exposure; exp_id in obsportal.exposure."/>
    <column name="baseline_number" type="smallint" required="True" ucd="meta.number" tablehead="N" verbLevel="5"
      description="Number of the baseline in its exposure, in the order of the beams."/>
    <column name="baseline_stations" type="text" required="True" ucd="meta.id;instr.baseline" tablehead="Stations"
      verbLevel="1"
      description="Names of both stations with a hyphen; the baseline runs from the first to the second."/>
    <LOOP>
      <csvItems>
        when, moment
        start, the start
        end, the end
      </csvItems>
      <events>
        <column name="baseline_u_\when" type="double precision" unit="m" ucd="instr.baseline;pos.eq.ra"
          tablehead="u, \when" verbLevel="10" displayHint="sf=2"
          description="Projected baseline towards the east at \moment of the exposure."/>
        <column name="baseline_v_\when" type="double precision" unit="m" ucd="instr.baseline;pos.eq.dec"
          tablehead="v, \when" verbLevel="10" displayHint="sf=2"
          description="Projected baseline towards the north at \moment of the exposure."/>
        <column name="baseline_length_\when" type="double precision" unit="m" ucd="instr.baseline"
          tablehead="Length, \when" verbLevel="1" displayHint="sf=2"
          description="Length of the projected baseline at \moment of the exposure."/>
        <column name="baseline_angle_\when" type="double precision" unit="deg" ucd="pos.posAng;instr.baseline"
          tablehead="Angle, \when" verbLevel="1" displayHint="sf=2"
          description="Position angle of the projected baseline at \moment of the exposure, from north through east."/>
        <column name="header_length_\when" type="double precision" unit="m" ucd="instr.baseline"
          tablehead="Header's length, \when" verbLevel="15" displayHint="sf=2"
          description="Length of the projected baseline at \moment of the exposure, as the header has it."/>
        <column name="header_angle_\when" type="double precision" unit="deg" ucd="pos.posAng;instr.baseline"
          tablehead="Header's angle, \when" verbLevel="15" displayHint="sf=2"
          description="Position angle of the projected baseline at \moment of the exposure, as the header has it."/>
        <column name="diff_length_\when" type="double precision" unit="m" ucd="instr.baseline;arith.diff"
          tablehead="Δ length, \when" verbLevel="20" displayHint="sf=3"
          description="Length at \moment of the exposure, the header's minus ours."/>
        <column name="diff_angle_\when" type="double precision" unit="deg" ucd="pos.posAng;instr.baseline;arith.diff"
          tablehead="Δ angle, \when" verbLevel="20" displayHint="sf=3"
          description="Position angle at \moment of the exposure, the header's minus ours, -180 to 180."/>
      </events>
    </LOOP>
    <viewStatement><![CDATA[
      CREATE VIEW \curtable AS (SELECT \colNames FROM (
        SELECT e.exp_id, b.number AS baseline_number, b.first || '-' || b.second AS baseline_stations,
          CAST(b.u_start AS double precision) AS baseline_u_start,
          CAST(b.v_start AS double precision) AS baseline_v_start,
          CAST(b.u_end AS double precision) AS baseline_u_end,
          CAST(b.v_end AS double precision) AS baseline_v_end,
          archive.length_of(b.u_start, b.v_start) AS baseline_length_start,
          archive.length_of(b.u_end, b.v_end) AS baseline_length_end,
          archive.angle_of(b.u_start, b.v_start) AS baseline_angle_start,
          archive.angle_of(b.u_end, b.v_end) AS baseline_angle_end,
          CAST(b.header_length_start AS double precision) AS header_length_start,
          CAST(b.header_length_end AS double precision) AS header_length_end,
          CAST(b.header_angle_start AS double precision) AS header_angle_start,
          CAST(b.header_angle_end AS double precision) AS header_angle_end,
          b.header_length_start - archive.length_of(b.u_start, b.v_start) AS diff_length_start,
          b.header_length_end - archive.length_of(b.u_end, b.v_end) AS diff_length_end,
          archive.turn(b.header_angle_start - archive.angle_of(b.u_start, b.v_start)) AS diff_angle_start,
          archive.turn(b.header_angle_end - archive.angle_of(b.u_end, b.v_end)) AS diff_angle_end
        FROM archive.baseline AS b JOIN archive.exposure AS e ON e.id = b.exposure_id) AS q)
    ]]></viewStatement>
  </table>

  <data id="publish">
    <make table="observation"/>
    <make table="target"/>
    <make table="exposure"/>
    <make table="baseline"/>
  </data>

  <service id="scs" allowed="scs.xml,form">
    <FEED source="registry/meta#obsportal-service"/>
    <scsCore queriedTable="exposure">
      <FEED source="//scs#coreDescs"/>
      <condDesc buildFrom="instrument_name"/>
      <condDesc buildFrom="obs_program"/>
    </scsCore>
    <outputTable autoCols="*"/>
  </service>

  <!-- Pages. The address of ASPRO2, /search.votable, is no service of DaCHS: obsportal_rd/door.py. -->
  <service id="search" allowed="custom" customPage="searchpage">
    <meta name="title">ObsPortal search</meta>
    <meta name="shortName">ObsPortal search</meta>
    <meta name="description">Search of the raw exposures in the browser: by target or position, date, instrument, mode,
      stations and programme; the answer as a page, VOTable or CSV.</meta>
    <publish render="custom" sets="local"/>
    <nullCore/>
  </service>

  <service id="detail" allowed="custom" customPage="detail">
    <meta name="title">ObsPortal details</meta>
    <meta name="description">Pages of single exposures, observations and targets.</meta>
    <nullCore/>
  </service>

  <service id="statistics" allowed="custom" customPage="statistics">
    <meta name="title">ObsPortal statistics</meta>
    <meta name="description">What ObsPortal holds, by instrument and year.</meta>
    <nullCore/>
  </service>

  <service id="changes" allowed="custom" customPage="changes">
    <meta name="title">ObsPortal changes</meta>
    <meta name="description">Exposures that came, changed or disappeared, day by day.</meta>
    <nullCore/>
  </service>
</resource>
