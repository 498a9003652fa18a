<?xml version="1.0" encoding="utf-8"?>
<!-- The registry's record of ivoa.obscore. DaCHS 2.7 has no way to register that table, so the record is that of a copy of
     its definition; it is never imported. -->
<resource schema="ivoa" resdir="registry">
  <FEED source="registry/meta#obscore"/>
  <table original="//obscore#ObsCore" id="obscore" system="False">
    <FEED source="registry/meta#obscore-service"/>
  </table>
</resource>
