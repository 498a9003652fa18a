<?xml version="1.0" encoding="utf-8"?>
<!-- JMDC: the published measurements of the archive, their cone search, the page of a star and the export. The table is
     a view: importing or dropping this RD loses nothing. -->
<resource schema="jmdc" resdir="jmdc">
  <!-- title, description, subjects, news: the operator's registry.toml; coverage: the data -->
  <FEED source="registry/meta#jmdc"/>
  <meta name="_sidebarlocal" format="raw"><![CDATA[
    <div class="sidebaritem"><h3>Query by program</h3>
    <p><a href="/tap">TAP</a> (table <code>jmdc.jmdc</code>) · <a href="/jmdc/q/scs/info">cone search</a> ·
    <a href="/export_csv">CSV</a></p></div>]]></meta>

  <table id="jmdc" onDisk="True" adql="True" primary="id">
    <meta name="description">Measured stellar diameters, one row a measurement of one star in one publication. What was
      not published is NULL. Diameters of one star may differ by more than their errors: they are of different bands,
      methods and models of limb darkening. Join it with other tables by position (ra, dec), within 30 arcsec where those
      are files' positions.</meta>
    <!-- The indexes are the archive's (ingest/archive/migrations); here they are only declared. -->
    <index name="jmdc_pos" columns="ra,dec" kind="spoint" method="GIST" metaOnly="True"/>
    <LOOP listItems="id star_name id1 bibcode">
      <events><index name="jmdc_\item" columns="\item" metaOnly="True"/></events>
    </LOOP>

    <column name="id" type="bigint" required="True" ucd="meta.id;meta.main" tablehead="Id" verbLevel="5"
      description="Number of the measurement; it stays the same through all editions."/>
    <column name="id1" type="text" required="True" ucd="meta.id;src" tablehead="ID1" verbLevel="1"
      description="Normalised name of the star, preferably HD."/>
    <column name="id2" type="text" ucd="meta.id;src" tablehead="ID2" verbLevel="10"
      description="Name of the star in the publication."/>
    <column name="ud_diam" type="double precision" unit="mas" ucd="phys.angSize;src" tablehead="UD" verbLevel="1"
      displayHint="sf=4" description="Diameter of the uniform disk, as published; NULL where only ld_diam was."/>
    <column name="ld_diam" type="double precision" unit="mas" ucd="phys.angSize;src" tablehead="LD" verbLevel="1"
      displayHint="sf=4" description="Limb-darkened diameter, as published: the star's own; NULL where only ud_diam was."/>
    <column name="e_ld_diam" type="double precision" unit="mas" ucd="stat.error;phys.angSize;src" tablehead="Error"
      verbLevel="1" displayHint="sf=4" description="Error of both diameters."/>
    <column name="band" type="text" ucd="instr.bandpass" tablehead="Band" verbLevel="1"
      description="Band in the words of the catalogue: a filter, or a wavelength or range in µm unless A (ångström) or
        nm is written."/>
    <column name="mu_lambda" type="double precision" ucd="phys.angSize;arith.ratio" tablehead="Factor" verbLevel="15"
      displayHint="sf=5" description="Factor from uniform-disk to limb-darkened diameter that the authors used; some rows
        have a limb-darkening coefficient in its place."/>
    <column name="method" type="smallint" required="True" ucd="meta.code" tablehead="Code of method" verbLevel="10"
      description="Method: 1 optical interferometry, 2 lunar occultation, 3 intensity interferometry."/>
    <column name="bandcode" type="smallint" ucd="meta.code;instr.bandpass" tablehead="Code of band" verbLevel="15"
      description="Band: 1 U, 2 B, 3 V, 4 R, 5 I, 6 J, 7 H, 8 K, 9 L, 10 M, 11 N, 12 Q.">
      <values nullLiteral="-1"/></column>
    <column name="notes" type="text" ucd="meta.note" tablehead="Notes" verbLevel="10"
      description="Notes: binarity, doubt, origin of the limb darkening; references that have no bibcode."/>
    <column name="bibcode" type="text" required="True" ucd="meta.bib.bibcode" tablehead="Bibcode" verbLevel="1"
      description="Bibcode of the publication; with dots in it where ADS has it not."/>
    <column name="sinpe" type="smallint" ucd="meta.code.qual" tablehead="SINPE" verbLevel="20"
      description="1: id1 is not precise enough, the star is a component of a close double; NULL where nothing is said.">
      <values nullLiteral="-1"/></column>
    <!-- what is added here -->
    <column name="star_name" type="text" required="True" ucd="meta.id;src" tablehead="Star" verbLevel="1"
      description="Name of the star in one form, the same for all its measurements."/>
    <column name="star_aliases" type="text" ucd="meta.id;src" tablehead="Other names" verbLevel="15"
      description="Other names of the star, separated by ' ; '."/>
    <column name="ra" type="double precision" unit="deg" ucd="pos.eq.ra;meta.main" tablehead="RA" verbLevel="1"
      displayHint="type=hms,sf=2" description="Right ascension of the star (ICRS, epoch 2000.0); NULL where it is not
        known."/>
    <column name="dec" type="double precision" unit="deg" ucd="pos.eq.dec;meta.main" tablehead="Dec" verbLevel="1"
      displayHint="type=dms,sf=1" description="Declination of the star (ICRS, epoch 2000.0); NULL where it is not known."/>
    <column name="pm_ra" type="double precision" unit="mas/yr" ucd="pos.pm;pos.eq.ra" tablehead="PM RA" verbLevel="15"
      displayHint="sf=1" description="Proper motion in right ascension, with the cosine of the declination."/>
    <column name="pm_dec" type="double precision" unit="mas/yr" ucd="pos.pm;pos.eq.dec" tablehead="PM Dec"
      verbLevel="15" displayHint="sf=1" description="Proper motion in declination."/>
    <column name="wl_min" type="double precision" unit="um" ucd="em.wl;stat.min" tablehead="λ from" verbLevel="10"
      displayHint="sf=3" description="Shortest wavelength that the band means; NULL where it tells none."/>
    <column name="wl_max" type="double precision" unit="um" ucd="em.wl;stat.max" tablehead="λ to" verbLevel="10"
      displayHint="sf=3" description="Longest wavelength that the band means; the shortest where it is a single one."/>
    <column name="method_name" type="text" required="True" ucd="meta.title" tablehead="Method" verbLevel="5"
      description="Method in words."/>
    <column name="band_name" type="text" ucd="instr.bandpass" tablehead="Letter" verbLevel="10"
      description="Letter of the band, from bandcode."/>
    <column name="edition" type="text" ucd="meta.version" tablehead="Edition" verbLevel="10"
      description="Edition of the catalogue in which the measurement appeared first."/>
    <column name="edition_last" type="text" ucd="meta.version" tablehead="Last edition" verbLevel="20"
      description="Latest edition that has the measurement."/>

    <viewStatement><![CDATA[
      CREATE VIEW \curtable AS (SELECT \colNames FROM (
        SELECT m.id, m.id1, m.id2, m.ud_diam, m.ld_diam, m.e_ld_diam, m.band, m.mu_lambda, m.method, m.bandcode,
          m.notes, m.bibcode, CAST(CAST(m.sinpe AS integer) AS smallint) AS sinpe,
          s.name AS star_name,
          (SELECT string_agg(n.name, ' ; ' ORDER BY n.key) FROM archive.jmdc_star_name AS n
            WHERE n.star_id = s.id AND n.name <> s.name) AS star_aliases,
          s.ra, s.dec, s.pm_ra, s.pm_dec, m.wl_min, m.wl_max,
          CASE m.method WHEN 1 THEN 'optical interferometry' WHEN 2 THEN 'lunar occultation'
            ELSE 'intensity interferometry' END AS method_name,
          substr('UBVRIJHKLMNQ', m.bandcode, 1) AS band_name,
          (SELECT name FROM archive.catalogue_edition AS e WHERE e.id = m.first_edition_id) AS edition,
          (SELECT name FROM archive.catalogue_edition AS e WHERE e.id = m.last_edition_id) AS edition_last
        FROM archive.jmdc_measurement AS m JOIN archive.jmdc_star AS s ON s.id = m.star_id
        WHERE m.state = 'accepted') AS q)
    ]]></viewStatement>
  </table>

  <data id="publish"><make table="jmdc"/></data>

  <service id="scs" allowed="scs.xml,form">
    <FEED source="registry/meta#jmdc-service"/>
    <meta name="_intro" format="raw"><![CDATA[<p><a href="/jmdc/submit">Submit a measurement</a> ·
      <a href="/account/entries">Your entries</a> · <a href="/export_csv">All as CSV</a></p>]]></meta>
    <scsCore queriedTable="jmdc">
      <condDesc original="//scs#humanInput"/>
      <condDesc original="//scs#protoInput">
        <phraseMaker>
          <setup imports="resdir.cones"/>
          <code>yield from cones.condition("ra", "dec", inPars, outPars)</code>
        </phraseMaker>
      </condDesc>
      <condDesc buildFrom="star_name"/>
      <condDesc buildFrom="bibcode"/>
      <condDesc buildFrom="method"/>
    </scsCore>
    <!-- SCS 1.03 wants the main identifier to be a text -->
    <outputTable autoCols="*">
      <outputField original="id" type="text" select="CAST(id AS text)" required="False"/>
      <outputField original="star_name">
        <formatter>
          from urllib.parse import quote
          return T.a(href=base.makeSitePath("/jmdc/star/" + quote(data, safe="")))[data]
        </formatter>
      </outputField>
    </outputTable>
  </service>

  <service id="star" allowed="custom" customPage="star">
    <meta name="title">JMDC stars</meta>
    <meta name="description">The measurements of a star, drawn and listed, and what else is known of it here.</meta>
    <nullCore/>
  </service>

  <service id="export" allowed="custom" customPage="export">
    <meta name="title">JMDC as CSV</meta>
    <meta name="description">All published measurements as CSV with the catalogue's own columns.</meta>
    <nullCore/>
  </service>
</resource>
