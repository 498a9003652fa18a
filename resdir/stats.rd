<?xml version="1.0" encoding="utf-8"?>
<!-- What the published tables hold: views over what the job `statistics` counted. -->
<resource schema="stats" resdir="site">
  <meta name="creationDate">2026-11-22T00:00:00Z</meta>
  <meta name="title">What the tables of this site hold</meta>
  <meta name="description">
    Statistics of all tables of this TAP service, for those who look for values to ask for: how full a column is, its
    smallest and largest value, and the words that occur in it. Renewed daily; of tables with more than some 50,000 rows
    that many are looked at, so that rare values and extremes may be missing. Begin with stats.vocabulary.
  </meta>
  <meta name="subject">optical-interferometry</meta>
  <meta name="creator.name">\getConfig{web}{sitename}</meta>

  <table id="columns" onDisk="True" adql="True" primary="table_name,column_name">
    <meta name="description">What each column of each table holds, one row a column: share of NULLs, number of different
      values, smallest, middle and largest value. Join it with TAP_SCHEMA.columns by table_name and column_name for
      descriptions, units and UCDs.</meta>
    <foreignKey inTable="//tap#columns" source="table_name,column_name" dest="table_name,column_name" metaOnly="True"/>
    <column name="table_name" type="text" required="True" ucd="meta.id;meta.table" tablehead="Table" verbLevel="1"
      description="Name of the table with its schema, such as oidb.oidb."/>
    <column name="column_name" type="text" required="True" ucd="meta.id" tablehead="Column" verbLevel="1"
      description="Name of the column."/>
    <column name="nb_rows" type="bigint" required="True" ucd="meta.number" tablehead="Rows" verbLevel="5"
      description="Rows of the table when it was counted."/>
    <column name="rows_seen" type="bigint" required="True" ucd="meta.number" tablehead="Seen" verbLevel="15"
      description="Rows that this row's figures come from: all, or as many as were drawn by chance."/>
    <column name="nulls_share" type="double precision" ucd="stat.value;arith.ratio" tablehead="NULL" verbLevel="1"
      displayHint="sf=3" description="Share of rows in which the column is NULL, 0 to 1; NULL itself for an empty table."/>
    <column name="nb_distinct" type="bigint" ucd="meta.number" tablehead="Different" verbLevel="5"
      description="Number of different values; an estimate where rows_seen is less than nb_rows. NULL where values cannot
        be compared (regions).">
      <values nullLiteral="-1"/></column>
    <column name="value_min" type="text" ucd="meta.note;stat.min" tablehead="Smallest" verbLevel="1"
      description="Smallest value, in the column's unit, as text; NULL for texts and empty columns."/>
    <column name="value_median" type="text" ucd="meta.note;stat.median" tablehead="Middle" verbLevel="10"
      description="Median, in the column's unit, as text."/>
    <column name="value_max" type="text" ucd="meta.note;stat.max" tablehead="Largest" verbLevel="1"
      description="Largest value, in the column's unit, as text."/>
    <column name="common_values" type="text" ucd="meta.note" tablehead="Values" verbLevel="1"
      description="The five most frequent values with their shares, of columns that have no more than 60 different ones; all
        of them are in stats.vocabulary."/>
    <column name="counted" type="timestamp" required="True" ucd="time.processing" tablehead="Counted" verbLevel="15"
      description="When the table was counted (UTC)."/>
    <viewStatement><![CDATA[
      CREATE VIEW \curtable AS (SELECT \colNames FROM (
        SELECT c.table_name, c.column_name, t.nb_rows, t.rows_seen, c.nulls_share, c.nb_distinct,
          c.value_min, c.value_median, c.value_max, v.common_values, t.counted AT TIME ZONE 'UTC' AS counted
        FROM archive.column_statistics AS c
          JOIN archive.table_statistics AS t ON t.table_name = c.table_name
          LEFT JOIN LATERAL (SELECT string_agg(value || ' (' || round(CAST(100 * share AS numeric), 1) || ' ' || chr(37) || ')', '; '
                ORDER BY share DESC, value) AS common_values
            FROM (SELECT value, share FROM archive.value_statistics AS w
              WHERE w.table_name = c.table_name AND w.column_name = c.column_name
              ORDER BY share DESC, value LIMIT 5) AS first) AS v ON true) AS q)
    ]]></viewStatement>
  </table>

  <table id="vocabulary" onDisk="True" adql="True" primary="table_name,column_name,term">
    <meta name="description">The values that occur in columns with no more than 60 different ones (instruments, modes,
      levels, methods, reasons), one row a value: what to write behind an = in a query.</meta>
    <foreignKey inTable="columns" source="table_name,column_name" dest="table_name,column_name" metaOnly="True"/>
    <column original="columns.table_name"/>
    <column original="columns.column_name"/>
    <column name="term" type="text" required="True" ucd="meta.code" tablehead="Value" verbLevel="1"
      description="A value of the column, as text."/>
    <column name="share" type="double precision" required="True" ucd="stat.value;arith.ratio" tablehead="Share"
      verbLevel="1" displayHint="sf=4" description="Share of the table's rows that have it, 0 to 1."/>
    <viewStatement><![CDATA[
      CREATE VIEW \curtable AS (SELECT \colNames FROM (
        SELECT table_name, column_name, value AS term, share FROM archive.value_statistics) AS q)
    ]]></viewStatement>
  </table>

  <data id="publish">
    <make table="columns"/>
    <make table="vocabulary"/>
  </data>
</resource>
