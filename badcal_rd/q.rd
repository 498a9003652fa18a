<?xml version="1.0" encoding="utf-8"?>
<!-- BadCal: validated reports of the archive, their cone search, their pages, and the address that SearchCal reads. The
     tables are views: importing or dropping this RD loses nothing. Where reporters can be reached is not granted to
     DaCHS at all. -->
<resource schema="badcal" resdir="badcal">
  <!-- title, description, subjects, news: the operator's registry.toml; coverage: the data -->
  <FEED source="registry/meta#badcal"/>
  <meta name="_sidebarlocal" format="raw"><![CDATA[
    <div class="sidebaritem"><h3>Query by program</h3>
    <p><a href="/tap">TAP</a> (table <code>badcal.badcal</code>) · <a href="/badcal/q/scs/info">cone search</a> ·
    <a href="/badcal-dsa/SubmitCone?DSACATTAB=badcal.valid_stars&amp;RA=0&amp;DEC=0&amp;SR=180">all, for
    SearchCal</a></p></div>]]></meta>

  <table id="badcal" onDisk="True" adql="True" primary="id">
    <meta name="description">Validated reports of stars that are not suitable as calibrators of interferometers; one row a
      report, so that a star may stand here more than once. Join it with other tables by position (ra, dec). A star that is
      not here need not be a good calibrator: nobody has reported it.</meta>
    <foreignKey inTable="oidb/q#oidb" source="evidence_did" dest="obs_publisher_did" metaOnly="True"/>
    <!-- The indexes are the archive's (ingest/archive/migrations); here they are only declared. -->
    <index name="badcal_pos" columns="ra,dec" kind="spoint" method="GIST" metaOnly="True"/>
    <index name="badcal_id" columns="id" metaOnly="True"/>
    <index name="badcal_name" columns="name" metaOnly="True"/>
    <column name="id" type="integer" required="True" ucd="meta.id;meta.main" tablehead="Id" verbLevel="1"
      description="Number of the report; it is never given to another one."/>
    <column name="ra" type="double precision" unit="deg" required="True" ucd="pos.eq.ra;meta.main" tablehead="RA"
      verbLevel="1" description="Right ascension of the star (ICRS, epoch 2000.0)."/>
    <column name="dec" type="double precision" unit="deg" required="True" ucd="pos.eq.dec;meta.main" tablehead="Dec"
      verbLevel="1" description="Declination of the star (ICRS, epoch 2000.0)."/>
    <column name="ra_sexa" type="text" required="True" ucd="pos.eq.ra" tablehead="RA (h m s)" verbLevel="5"
      description="Right ascension in hours, minutes and seconds."/>
    <column name="dec_sexa" type="text" required="True" ucd="pos.eq.dec" tablehead="Dec (° ′ ″)" verbLevel="5"
      description="Declination in degrees, minutes and seconds of arc."/>
    <column name="name" type="text" required="True" ucd="meta.id;src" tablehead="Star" verbLevel="1"
      description="Name of the star."/>
    <column name="reason" type="text" required="True" ucd="meta.code" tablehead="Reason" verbLevel="1"
      description="Why it is no good calibrator: binary, diameter (not that of catalogues), resolved (too large for the
        baselines), asymmetric, variable, environment (disk, shell, excess), identification (wrong name or position),
        other."/>
    <column name="evidence" type="text" ucd="meta.note" tablehead="Evidence" verbLevel="5"
      description="What was seen, in the reporter's words."/>
    <column name="evidence_did" type="text" ucd="meta.ref.ivoid" tablehead="Data" verbLevel="15"
      description="Publisher's identifier of data that show it: obs_publisher_did in oidb.oidb."/>
    <column name="interferometer" type="text" ucd="meta.id;instr.tel" tablehead="Array" verbLevel="5"
      description="Interferometer that the observation was made with."/>
    <column name="instrument" type="text" ucd="meta.id;instr" tablehead="Instrument" verbLevel="5"
      description="Instrument that the observation was made with."/>
    <column name="baseline" type="double precision" unit="m" ucd="instr.baseline;stat.max" tablehead="Baseline"
      verbLevel="10" displayHint="sf=1" description="Longest projected baseline of the observation."/>
    <column name="wavelength" type="double precision" unit="um" ucd="em.wl" tablehead="λ" verbLevel="10"
      displayHint="sf=3" description="Wavelength of the observation."/>
    <column name="obs_date" type="timestamp" ucd="time.epoch;obs" tablehead="Observed" verbLevel="10"
      description="Day of the observation (UTC)."/>
    <column name="reporter" type="text" ucd="meta.id.PI" tablehead="Reporter" verbLevel="10"
      description="Who reported it."/>
    <column name="affiliation" type="text" ucd="meta.id" tablehead="Affiliation" verbLevel="15"
      description="Institute of the reporter."/>
    <column name="bibliography" type="text" ucd="meta.bib" tablehead="Bibliography" verbLevel="10"
      description="Publications about it."/>
    <column name="submission_date" type="timestamp" required="True" ucd="time.creation" tablehead="Submitted"
      verbLevel="10" description="When the report came in (UTC)."/>
    <column name="validation_date" type="timestamp" required="True" ucd="time.processing" tablehead="Validated"
      verbLevel="10" description="When the report was validated (UTC)."/>
    <column name="status" type="text" required="True" ucd="meta.code.status" tablehead="Status" verbLevel="20"
      description="State of the report: always validated; what was withdrawn is in badcal.withdrawn."/>
    <viewStatement><![CDATA[
      CREATE VIEW \curtable AS (SELECT \colNames FROM (
        SELECT CAST(r.id AS integer) AS id, r.ra, r.dec,
          told.hours AS ra_sexa, told.degrees AS dec_sexa, r.name, r.reason, r.evidence, r.evidence_did,
          r.interferometer, r.instrument, r.baseline, r.wavelength, CAST(r.observed AS timestamp) AS obs_date,
          r.reporter, r.affiliation, r.bibliography,
          r.submitted AT TIME ZONE 'UTC' AS submission_date, r.validated AT TIME ZONE 'UTC' AS validation_date,
          text 'validated' AS status
        FROM archive.badcal_report AS r
          CROSS JOIN LATERAL (SELECT mod(CAST(round(r.ra * 240000) AS bigint), 86400000) AS ms,
              CAST(round(abs(r.dec) * 360000) AS bigint) AS cas) AS small
          CROSS JOIN LATERAL (SELECT
              to_char(ms / 3600000, 'FM00') || ' ' || to_char(mod(ms / 60000, 60), 'FM00') || ' '
                || to_char(mod(ms, 60000) / 1000.0, 'FM00.000') AS hours,
              CASE WHEN r.dec < 0 THEN '-' ELSE '+' END || to_char(cas / 360000, 'FM00') || ' '
                || to_char(mod(cas / 6000, 60), 'FM00') || ' ' || to_char(mod(cas, 6000) / 100.0, 'FM00.00') AS degrees
            ) AS told
        WHERE r.state = 'accepted') AS q)
    ]]></viewStatement>
  </table>

  <table id="withdrawn" onDisk="True" adql="True" primary="id">
    <meta name="description">Traces of reports that were public and have been withdrawn: the star is not said to be a bad
      calibrator any more.</meta>
    <column name="id" type="integer" required="True" ucd="meta.id;meta.main" tablehead="Id" verbLevel="1"
      description="Number that the report had in badcal.badcal."/>
    <column name="name" type="text" required="True" ucd="meta.id;src" tablehead="Star" verbLevel="1"
      description="Name of the star."/>
    <column name="submission_date" type="timestamp" required="True" ucd="time.creation" tablehead="Submitted"
      verbLevel="5" description="When the report came in (UTC)."/>
    <column name="withdrawal_date" type="timestamp" required="True" ucd="time.processing" tablehead="Withdrawn"
      verbLevel="1" description="When the report was withdrawn (UTC)."/>
    <column name="withdrawal_reason" type="text" required="True" ucd="meta.note" tablehead="Reason" verbLevel="1"
      description="Why the report was withdrawn."/>
    <viewStatement><![CDATA[
      CREATE VIEW \curtable AS (SELECT \colNames FROM (
        SELECT CAST(id AS integer) AS id, name, submitted AT TIME ZONE 'UTC' AS submission_date,
          withdrawn AT TIME ZONE 'UTC' AS withdrawal_date, withdrawn_reason AS withdrawal_reason
        FROM archive.badcal_report WHERE state = 'withdrawn') AS q)
    ]]></viewStatement>
  </table>

  <data id="publish">
    <make table="badcal"/>
    <make table="withdrawn"/>
  </data>

  <service id="scs" allowed="scs.xml,form">
    <FEED source="registry/meta#badcal-service"/>
    <meta name="_intro" format="raw"><![CDATA[<p><a href="/badcal/submit">Report a bad calibrator</a> ·
      <a href="/account/entries">Your entries</a></p>]]></meta>
    <scsCore queriedTable="badcal">
      <condDesc original="//scs#humanInput"/>
      <condDesc original="//scs#protoInput">
        <phraseMaker>
          <setup imports="resdir.cones"/>
          <code>yield from cones.condition("ra", "dec", inPars, outPars)</code>
        </phraseMaker>
      </condDesc>
      <condDesc buildFrom="name"/>
      <condDesc buildFrom="reason"/>
    </scsCore>
    <!-- SCS 1.03 wants the main identifier to be a text -->
    <outputTable autoCols="*">
      <outputField original="id" type="text" select="CAST(id AS text)" required="False">
        <formatter>
          return T.a(href=base.makeSitePath("/badcal/show.jsp?type=detail&amp;id=" + data))[data]
        </formatter>
      </outputField>
    </outputTable>
  </service>

  <service id="show" allowed="custom" customPage="show">
    <meta name="title">BadCal reports</meta>
    <meta name="description">Pages of single reports, under the addresses that catalogues of calibrators link to.</meta>
    <nullCore/>
  </service>

  <service id="dsa" allowed="custom" customPage="dsa">
    <meta name="title">BadCal for SearchCal</meta>
    <meta name="description">The cone search that SearchCal and JSDC read, VOTable or CSV.</meta>
    <nullCore/>
  </service>
</resource>
