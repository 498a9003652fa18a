-- What the checker said of each file when it was ingested, and why a file was taken in spite of it.

ALTER TABLE archive.file
    ADD COLUMN checked_at      timestamptz,
    ADD COLUMN nb_severe       integer,
    ADD COLUMN nb_warnings     integer,
    -- a curator's reason for taking a file with severe findings: kept, never published
    ADD COLUMN accepted_reason text;

-- The column that must not be published makes the grant on the whole table too much.
REVOKE SELECT ON archive.file FROM gavoadmin;
GRANT SELECT (id, collection_id, name, url_name, level, size_bytes, sha256, md5, media_type, oifits_version, progid,
              proposal_subid, obs_id, dataproduct_category, quality_level, procsoft, added, updated, checked_at,
              nb_severe, nb_warnings) ON archive.file TO gavoadmin;

CREATE TABLE archive.finding (
    file_id     bigint NOT NULL REFERENCES archive.file ON DELETE CASCADE,
    number      integer NOT NULL,
    hdu         integer,
    hdu_name    text NOT NULL DEFAULT '',
    member      text NOT NULL DEFAULT '',
    rule        text NOT NULL,
    origin      text NOT NULL,
    severity    text NOT NULL CHECK (severity IN ('INFO', 'WARNING', 'SEVERE')),
    occurrences integer NOT NULL,
    message     text NOT NULL,
    PRIMARY KEY (file_id, number)
);
CREATE INDEX finding_rule ON archive.finding (rule, severity);
GRANT SELECT ON archive.finding TO gavoadmin;
