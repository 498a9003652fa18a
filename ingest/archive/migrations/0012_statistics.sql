-- How many rows the published tables have, and which values their columns. Counted by the job `statistics` with the
-- rights of DaCHS, so that nothing is in here that is not published. Names are text: a table may be withdrawn.
CREATE TABLE archive.table_statistics (
    table_name text PRIMARY KEY,
    nb_rows bigint NOT NULL CHECK (nb_rows >= 0),
    -- rows that the columns' figures come from: all, or as many as were drawn
    rows_seen bigint NOT NULL CHECK (rows_seen >= 0),
    counted timestamptz NOT NULL DEFAULT now());

CREATE TABLE archive.column_statistics (
    table_name text NOT NULL REFERENCES archive.table_statistics ON DELETE CASCADE,
    column_name text NOT NULL,
    nulls_share double precision CHECK (nulls_share BETWEEN 0 AND 1),
    nb_distinct bigint CHECK (nb_distinct >= 0),
    value_min text,
    value_median text,
    value_max text,
    PRIMARY KEY (table_name, column_name));

CREATE TABLE archive.value_statistics (
    table_name text NOT NULL,
    column_name text NOT NULL,
    value text NOT NULL,
    share double precision NOT NULL CHECK (share BETWEEN 0 AND 1),
    PRIMARY KEY (table_name, column_name, value),
    FOREIGN KEY (table_name, column_name) REFERENCES archive.column_statistics ON DELETE CASCADE);

GRANT SELECT ON archive.table_statistics, archive.column_statistics, archive.value_statistics TO gavoadmin;
