<?xml version="1.0" encoding="utf-8"?>
<!-- ivoa.obscore_radio, the ObsCore extension for radio data (IVOA draft 1.0 of 2025-09-15), filled with what optical
     interferometers have in common with radio ones. A view: importing or dropping this RD loses nothing.
     The schema is that of DaCHS' own //obscore; DaCHS 2.10 and newer have an older draft of the same extension as
     ivoa.obs_radio (//obs-radio), which stays empty here. docs/extension.md says how each number is computed. -->
<resource schema="ivoa" resdir="oidb">
  <meta name="creationDate">2026-11-22T00:00:00Z</meta>
  <meta name="title">ObsCore, with its extension for interferometers</meta>
  <meta name="shortName">ObsCore radio</meta>
  <meta name="description">
    Tables that the IVOA defines, so that one query works at every archive: all data of this site in the columns of
    ObsCore (ivoa.obscore), and what its draft extension for radio data says about interferometers (ivoa.obscore_radio).
  </meta>
  <meta name="subject">optical-interferometry</meta>
  <meta name="subject">long-baseline-interferometry</meta>
  <meta name="creator.name">\getConfig{web}{sitename}</meta>
  <meta name="type">Archive</meta>

  <table id="obscore_radio" onDisk="True" adql="True">
    <meta name="description">The ObsCore extension for radio data (IVOA draft, 2025-09-15) for optical interferometers:
      resolution, largest angular scale, coverage of the uv plane and telescopes of each data set of ivoa.obscore that
      has a place in the uv plane. Use it as ivoa.obscore NATURAL JOIN ivoa.obscore_radio; what is particular to
      optical interferometers is in oidb.obscore_optical.</meta>
    <meta name="utype">ivo://ivoa.net/std/ObsCore#radioExt-1.0</meta>
    <primary>obs_publisher_did</primary>
    <foreignKey inTable="//obscore#ObsCore" source="obs_publisher_did" dest="obs_publisher_did" metaOnly="True"/>
    <index name="obscore_radio_did" columns="obs_publisher_did" metaOnly="True"/>

    <column original="//obscore#ObsCore.obs_publisher_did" required="True"
      description="Dataset identifier assigned by the publisher: joins this table with ivoa.obscore."/>
    <!-- name, type, unit, UCD and utype are the draft's (its tables 3 to 5), but for uv_distance_max, whose utype the
         draft repeats from uv_distance_min -->
    <column name="s_resolution_min" type="double precision" unit="arcsec" ucd="pos.angResolution;stat.min"
      utype="obscore:Char.SpatialAxis.Resolution.Bounds.Limits.LoLim" tablehead="Res. min" verbLevel="5"
      description="Best angular resolution: shortest wavelength over longest projected baseline; equals s_resolution of
        ivoa.obscore."><property name="std">1</property></column>
    <column name="s_resolution_max" type="double precision" unit="arcsec" ucd="pos.angResolution;stat.max"
      utype="obscore:Char.SpatialAxis.Resolution.Bounds.Limits.HiLim" tablehead="Res. max" verbLevel="10"
      description="Angular resolution at the other end of the spectrum: longest wavelength over longest projected
        baseline."><property name="std">1</property></column>
    <column name="s_fov_min" type="double precision" unit="deg" ucd="phys.angSize;instr.fov;stat.min"
      utype="obscore:Char.SpatialAxis.Coverage.Bounds.Extent.LowLim" tablehead="FOV min" verbLevel="10"
      description="Smallest width of the field of view: shortest wavelength over the diameter of the largest telescope;
        NULL where no diameter is known."><property name="std">1</property></column>
    <column name="s_fov_max" type="double precision" unit="deg" ucd="phys.angSize;instr.fov;stat.max"
      utype="obscore:Char.SpatialAxis.Coverage.Bounds.Extent.HiLim" tablehead="FOV max" verbLevel="10"
      description="Largest width of the field of view: longest wavelength over the diameter of the smallest telescope;
        NULL where no diameter is known."><property name="std">1</property></column>
    <column name="f_resolution" type="double precision" unit="kHz" ucd="em.freq;stat.max"
      utype="obscore:Char.SpectralAxis.Coverage.Bounds.Limits.HiLim" tablehead="Δν" verbLevel="15"
      description="Spectral resolution in frequency: width of the widest channel; of exposures, frequency over
        resolving power at the shortest wavelength; NULL where the widths are not known.">
      <property name="std">1</property></column>
    <column name="s_largest_angular_scale" type="double precision" unit="arcsec" ucd="phys.angSize;stat.max"
      utype="obscore:Char.SpatialAxis.Resolution.Scale.Limits.HiLim" tablehead="Scale" verbLevel="5"
      description="Largest angular scale that the data are sensitive to: middle of the spectral range over shortest
        projected baseline."><property name="std">1</property></column>
    <column name="s_largest_angular_scale_min" type="double precision" unit="arcsec" ucd="phys.angSize;stat.max"
      utype="obscore:Char.SpatialAxis.Resolution.Scale.Limits.HiLim.Low" tablehead="Scale min" verbLevel="15"
      description="Largest angular scale at the shortest wavelength: that over shortest projected baseline.">
      <property name="std">1</property></column>
    <column name="s_largest_angular_scale_max" type="double precision" unit="arcsec" ucd="phys.angSize;stat.max"
      utype="obscore:Char.SpatialAxis.Resolution.Scale.Limits.HiLim.Hi" tablehead="Scale max" verbLevel="15"
      description="Largest angular scale at the longest wavelength: that over shortest projected baseline.">
      <property name="std">1</property></column>
    <column name="uv_distance_min" type="double precision" unit="m" ucd="stat.fourier;pos;stat.min"
      utype="obscore:Char.UVAxis.Coverage.Bounds.Limits.LoLim" tablehead="uv min" verbLevel="5" displayHint="sf=2"
      description="Smallest distance from the origin of the uv plane: shortest projected baseline.">
      <property name="std">1</property></column>
    <column name="uv_distance_max" type="double precision" unit="m" ucd="stat.fourier;pos;stat.max"
      utype="obscore:Char.UVAxis.Coverage.Bounds.Limits.HiLim" tablehead="uv max" verbLevel="5" displayHint="sf=2"
      description="Largest distance from the origin of the uv plane: longest projected baseline.">
      <property name="std">1</property></column>
    <column name="uv_distribution_ecc" type="double precision" ucd="stat.fourier;pos"
      utype="obscore:Char.UVAxis.Coverage.Bounds.Eccentricity" tablehead="uv ecc." verbLevel="10" displayHint="sf=3"
      description="Eccentricity of the ellipse around the points in the uv plane, along their principal axes: 0 for a
        circle, 1 for a line, such as a single baseline at one time; NULL where the baselines' lengths only are known.">
      <property name="std">1</property></column>
    <column name="uv_distribution_fill" type="double precision" ucd="stat.fourier;pos;arith.ratio"
      utype="obscore:Char.UVAxis.Coverage.Bounds.FillingFactor" tablehead="uv fill" verbLevel="10"
      description="Share of 1000 x 1000 cells around that ellipse that hold a measurement, each channel at its spatial
        frequency, 0 to 1. NULL for points on a line, and for exposures, which have no channels yet.">
      <property name="std">1</property></column>
    <column name="instr_tel_number" type="integer" ucd="meta.number;instr.param"
      utype="obscore:Provenance.ObsConfig.Instrument.Array.AntNumber" tablehead="N_tel" verbLevel="5"
      description="Number of telescopes whose light was combined.">
      <values nullLiteral="-1"/><property name="std">1</property></column>
    <column name="instr_tel_min_dist" type="double precision" unit="m" ucd="instr.baseline;stat.min"
      utype="obscore:Provenance.ObsConfig.Instrument.Array.MinDist" tablehead="Dist. min" verbLevel="15"
      displayHint="sf=2" description="Shortest distance between two of these telescopes on the ground, not projected;
        NULL where their places are not known."><property name="std">1</property></column>
    <column name="instr_tel_max_dist" type="double precision" unit="m" ucd="instr.baseline;stat.max"
      utype="obscore:Provenance.ObsConfig.Instrument.Array.MaxDist" tablehead="Dist. max" verbLevel="15"
      displayHint="sf=2" description="Longest distance between two of these telescopes on the ground, not projected;
        NULL where their places are not known."><property name="std">1</property></column>
    <column name="instr_tel_diameter" type="double precision" unit="m" ucd="instr.param"
      utype="obscore:Provenance.ObsConfig.Instrument.Array.Diameter" tablehead="D" verbLevel="10"
      description="Diameter of these telescopes, of the largest where they differ; NULL where none is known.">
      <property name="std">1</property></column>
    <column name="instr_feed" type="smallint" ucd="instr.param"
      utype="obscore:Provenance.ObsConfig.Instrument.Feed" tablehead="Feeds" verbLevel="25"
      description="Number of feeds: always NULL, telescopes of optical interferometers have none.">
      <values nullLiteral="-1"/><property name="std">1</property></column>
    <column name="scan_mode" type="text" ucd="instr.param"
      utype="obscore:Provenance.Observation.sky_scan_mode" tablehead="Scan" verbLevel="20"
      description="How sky or spectrum were scanned: always on-source, optical interferometers point.">
      <property name="std">1</property></column>
    <column name="tracking_type" type="text" ucd="instr.param"
      utype="obscore:Provenance.Observation.tracking_mode" tablehead="Tracking" verbLevel="20"
      description="How the target was followed: always sidereal; the few asteroids are not told apart.">
      <property name="std">1</property></column>
    <viewStatement><![CDATA[
      CREATE VIEW \curtable AS (SELECT \colNames FROM (
        SELECT i.publisher_did AS obs_publisher_did,
          degrees(em_min / nullif(baseline_max, 0)) * 3600 AS s_resolution_min,
          degrees(em_max / nullif(baseline_max, 0)) * 3600 AS s_resolution_max,
          degrees(em_min / diameter_max) AS s_fov_min,
          degrees(em_max / diameter_min) AS s_fov_max,
          f_resolution / 1000 AS f_resolution,
          degrees((em_min + em_max) / 2 / nullif(baseline_min, 0)) * 3600 AS s_largest_angular_scale,
          degrees(em_min / nullif(baseline_min, 0)) * 3600 AS s_largest_angular_scale_min,
          degrees(em_max / nullif(baseline_min, 0)) * 3600 AS s_largest_angular_scale_max,
          baseline_min AS uv_distance_min, baseline_max AS uv_distance_max,
          uv_ecc AS uv_distribution_ecc, uv_fill AS uv_distribution_fill,
          nb_stations AS instr_tel_number,
          distance_min AS instr_tel_min_dist, distance_max AS instr_tel_max_dist, diameter_max AS instr_tel_diameter,
          CAST(NULL AS smallint) AS instr_feed,
          CAST('on-source' AS text) AS scan_mode, CAST('sidereal' AS text) AS tracking_type
        FROM archive.interferometry AS i) AS q)
    ]]></viewStatement>
  </table>

  <data id="publish">
    <make table="obscore_radio"/>
  </data>
</resource>
