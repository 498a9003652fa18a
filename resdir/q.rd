<?xml version="1.0" encoding="utf-8"?>
<!-- What belongs to the whole site and to none of the four services: scheduled work. -->
<resource schema="site" resdir="site">
  <meta name="creationDate">2026-11-22T00:00:00Z</meta>
  <meta name="title">The site</meta>
  <meta name="description">Scheduled work of this oivo site.</meta>
  <meta name="subject">optical-interferometry</meta>

  <!-- What is due when is the operator's schedule (oivo.toml); DaCHS only wakes us each minute. -->
  <execute title="oivo jobs" every="60">
    <job>
      <setup imports="ingest.jobs"/>
      <code>jobs.tick()</code>
    </job>
  </execute>
  <execute title="sizes of tables" every="600">
    <job>
      <setup imports="resdir.sizes"/>
      <code>sizes.refresh()</code>
    </job>
  </execute>
</resource>
