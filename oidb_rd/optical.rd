<?xml version="1.0" encoding="utf-8"?>
<!-- The table oidb.obscore_optical, which q.rd includes: what is particular to data of optical interferometers, written
     so that it could become an extension of ObsCore. docs/extension.md is the proposal. -->
<resource schema="oidb" resdir="oidb">
  <meta name="title">The optical extension of ObsCore</meta>
  <meta name="description">Definition of a table that OiDB publishes.</meta>
  <meta name="creationDate">2026-11-22T00:00:00Z</meta>
  <meta name="subject">optical-interferometry</meta>

  <STREAM id="table">
    <table id="obscore_optical" onDisk="True" adql="True">
      <meta name="description">What is particular to data of optical interferometers, one row for each row of
        ivoa.obscore_radio: counts and precision of squared visibilities and closure phases, baselines and triangles,
        spatial frequencies and fringe spacings, polarisation and fringe tracker. Use it as ivoa.obscore NATURAL JOIN
        oidb.obscore_optical, or with oidb.oidb by obs_publisher_did; counts and stations are those of oidb.oidb.</meta>
      <primary>obs_publisher_did</primary>
      <foreignKey inTable="//obscore#ObsCore" source="obs_publisher_did" dest="obs_publisher_did" metaOnly="True"/>
      <index name="obscore_optical_did" columns="obs_publisher_did" metaOnly="True"/>

      <column original="//obscore#ObsCore.obs_publisher_did" required="True"
        description="Dataset identifier assigned by the publisher: joins this table with ivoa.obscore,
          ivoa.obscore_radio and oidb.oidb."/>
      <!-- telescopes -->
      <column original="oidb.interferometer_stations" utype="obscore:Provenance.ObsConfig.Instrument.Array.Stations"/>
      <column name="nb_baselines" type="integer" ucd="meta.number;instr.baseline"
        utype="obscore:Provenance.ObsConfig.Instrument.Array.BaselineNumber" tablehead="N_B" verbLevel="5"
        description="Number of different pairs of telescopes with visibilities; of exposures, of those that their
          telescopes form."><values nullLiteral="-1"/></column>
      <column name="nb_triplets" type="integer" ucd="meta.number;instr.tel"
        utype="obscore:Provenance.ObsConfig.Instrument.Array.TripletNumber" tablehead="N_tri" verbLevel="5"
        description="Number of different triangles of telescopes with triple products; of exposures, of those that their
          telescopes form."><values nullLiteral="-1"/></column>
      <column name="tel_diameter_min" type="double precision" unit="m" ucd="phys.size.diameter;instr.tel;stat.min"
        utype="obscore:Provenance.ObsConfig.Instrument.Array.DiameterMin" tablehead="D_min" verbLevel="15"
        description="Diameter of the smallest telescope; that of the largest is instr_tel_diameter of
          ivoa.obscore_radio. NULL where none is known."/>
      <column name="fringe_tracker" type="text" ucd="meta.id;instr"
        utype="obscore:Provenance.ObsConfig.Instrument.FringeTracker" tablehead="Tracker" verbLevel="10"
        description="Fringe tracker that was on: GRAVITY, FINITO; NULL where there was none or the file does not tell."/>
      <column original="oidb.instrument_mode" utype="obscore:Provenance.ObsConfig.Instrument.Mode"/>
      <!-- observables -->
      <column original="oidb.nb_channels" utype="obscore:Char.SpectralAxis.ChannelNumber"/>
      <column original="oidb.nb_vis" utype="obscore:Char.ObservableAxis.Vis.Number"/>
      <column original="oidb.nb_vis2" utype="obscore:Char.ObservableAxis.Vis2.Number"/>
      <column original="oidb.nb_t3" utype="obscore:Char.ObservableAxis.T3.Number"/>
      <column original="oidb.nb_flux" utype="obscore:Char.ObservableAxis.Flux.Number"/>
      <column name="nb_vis2_valid" type="integer" ucd="meta.number"
        utype="obscore:Char.ObservableAxis.Vis2.ValidNumber" tablehead="Good V²" verbLevel="5"
        description="Number of squared visibilities, row by row and channel by channel, that are finite and not flagged.
          NULL for exposures."><values nullLiteral="-1"/></column>
      <column name="nb_t3phi_valid" type="integer" ucd="meta.number"
        utype="obscore:Char.ObservableAxis.T3Phi.ValidNumber" tablehead="Good φ" verbLevel="5"
        description="Number of closure phases, row by row and channel by channel, that are finite and not flagged: over 0
          where there are closure phases. NULL for exposures."><values nullLiteral="-1"/></column>
      <column name="vis2_error" type="double precision" ucd="stat.error;stat.fourier;stat.median;arith.ratio"
        utype="obscore:Char.ObservableAxis.Vis2.Accuracy.StatError.Median" tablehead="σ V²" verbLevel="5"
        displayHint="sf=4" description="Median error of those squared visibilities, of errors that are positive; in V²,
          whose largest value is 1. NULL where there is none."/>
      <column name="t3phi_error" type="double precision" unit="deg" ucd="stat.error;pos.phaseAng;stat.median"
        utype="obscore:Char.ObservableAxis.T3Phi.Accuracy.StatError.Median" tablehead="σ φ" verbLevel="5"
        displayHint="sf=3" description="Median error of those closure phases, of errors that are positive. NULL where
          there is none."/>
      <column original="oidb.flagged_share" utype="obscore:Char.ObservableAxis.FlaggedShare"/>
      <column name="t_exp_min" type="double precision" unit="s" ucd="time.duration;obs.exposure;stat.min"
        utype="obscore:Char.TimeAxis.Sampling.Extent.LoLim" tablehead="INT min" verbLevel="15"
        description="Shortest integration time of a measurement; DIT of exposures."/>
      <column name="t_exp_max" type="double precision" unit="s" ucd="time.duration;obs.exposure;stat.max"
        utype="obscore:Char.TimeAxis.Sampling.Extent.HiLim" tablehead="INT max" verbLevel="15"
        description="Longest integration time of a measurement; DIT of exposures."/>
      <column name="t_exp_mean" type="double precision" unit="s" ucd="time.duration;obs.exposure;stat.mean"
        utype="obscore:Char.TimeAxis.Sampling.Extent.Mean" tablehead="INT mean" verbLevel="20"
        description="Mean integration time of a measurement; DIT of exposures."/>
      <column name="polarisation" type="text" ucd="meta.code;phys.polarization"
        utype="obscore:Provenance.ObsConfig.Instrument.Polarisation" tablehead="Pol." verbLevel="15"
        description="What was done with the polarisation: P1 or P2 where one channel of the instrument was measured, else
          COMBINED or SPLIT; NULL where the file does not tell."/>
      <!-- the uv plane -->
      <column name="spatial_frequency_min" type="double precision" unit="arcsec**-1" ucd="stat.fourier;pos;stat.min"
        utype="obscore:Char.UVAxis.Coverage.Bounds.FrequencyLimits.LoLim" tablehead="f min" verbLevel="10"
        description="Lowest spatial frequency, cycles per arcsec: shortest projected baseline over longest wavelength."/>
      <column name="spatial_frequency_max" type="double precision" unit="arcsec**-1" ucd="stat.fourier;pos;stat.max"
        utype="obscore:Char.UVAxis.Coverage.Bounds.FrequencyLimits.HiLim" tablehead="f max" verbLevel="10"
        description="Highest spatial frequency, cycles per arcsec: longest projected baseline over shortest
          wavelength."/>
      <column name="fringe_spacing_min" type="double precision" unit="mas" ucd="phys.angSize;stat.min"
        utype="obscore:Char.UVAxis.Resolution.FringeSpacing.LoLim" tablehead="λ/B min" verbLevel="10" displayHint="sf=3"
        description="Smallest λ/B: shortest wavelength over longest projected baseline; s_resolution of ivoa.obscore in
          mas."/>
      <column name="fringe_spacing_max" type="double precision" unit="mas" ucd="phys.angSize;stat.max"
        utype="obscore:Char.UVAxis.Resolution.FringeSpacing.HiLim" tablehead="λ/B max" verbLevel="10" displayHint="sf=3"
        description="Largest λ/B: longest wavelength over shortest projected baseline; s_largest_angular_scale_max of
          ivoa.obscore_radio in mas."/>
      <column name="ang_resolution" type="double precision" unit="mas" ucd="pos.angResolution"
        utype="obscore:Char.UVAxis.Resolution.Conventional" tablehead="λ/2B" verbLevel="1" displayHint="sf=3"
        description="Angular resolution as optical interferometrists quote it, λ/2B: half of fringe_spacing_min."/>
      <column name="coherent_fov" type="double precision" unit="mas" ucd="phys.angSize;instr.fov"
        utype="obscore:Char.UVAxis.Coverage.CoherentField" tablehead="Rλ/B" verbLevel="15" displayHint="sf=1"
        description="Width of the field within which the bandwidth does not wash out fringes: resolving power times
          fringe_spacing_min; NULL where the former is not known."/>
      <column name="uv_angle_coverage" type="double precision" unit="deg" ucd="pos.posAng;instr.baseline"
        utype="obscore:Char.UVAxis.Coverage.AngleCoverage" tablehead="PA range" verbLevel="10" displayHint="sf=1"
        description="Position angles that the projected baselines cover: 180 degrees but the largest gap between two
          neighbours; 0 for one direction."/>
      <viewStatement><![CDATA[
        CREATE VIEW \\curtable AS (SELECT \\colNames FROM (
          SELECT i.publisher_did AS obs_publisher_did, i.stations AS interferometer_stations,
            nb_baselines, nb_triplets, diameter_min AS tel_diameter_min, fringe_tracker, instrument_mode,
            nb_channels, nb_vis, nb_vis2, nb_t3, nb_flux, nb_vis2_valid, nb_t3phi_valid, vis2_error, t3phi_error,
            flagged_share, t_exp_min, t_exp_max, t_exp_mean, polarisation,
            radians(baseline_min / nullif(em_max, 0)) / 3600 AS spatial_frequency_min,
            radians(baseline_max / nullif(em_min, 0)) / 3600 AS spatial_frequency_max,
            degrees(em_min / nullif(baseline_max, 0)) * 3.6e6 AS fringe_spacing_min,
            degrees(em_max / nullif(baseline_min, 0)) * 3.6e6 AS fringe_spacing_max,
            degrees(em_min / nullif(baseline_max, 0)) * 1.8e6 AS ang_resolution,
            em_res_power * degrees(em_min / nullif(baseline_max, 0)) * 3.6e6 AS coherent_fov,
            uv_angle AS uv_angle_coverage
          FROM archive.interferometry AS i) AS q)
      ]]></viewStatement>
    </table>
  </STREAM>
</resource>
