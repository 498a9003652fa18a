-- DOIs of collections as DataCite has them, and the ORCID of people, by which citations name them.

CREATE TABLE archive.doi (
    -- one collection, one DOI: what was announced once stays
    collection_id text PRIMARY KEY REFERENCES archive.collection ON UPDATE CASCADE,
    doi           text NOT NULL UNIQUE CHECK (doi ~ '^10[.][0-9]{4,9}/[a-z0-9][a-z0-9._-]*$'),
    -- what DataCite said last; NULL until it has answered
    state         text CHECK (state IN ('draft', 'registered', 'findable')),
    -- digest of the metadata that DataCite has
    sha256        text CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    registered    timestamptz,
    updated       timestamptz,
    -- the last attempt, and why it failed
    attempted     timestamptz,
    problem       text NOT NULL DEFAULT '',
    CHECK ((state IS NULL) = (registered IS NULL))
);
-- digests, attempts and problems are the operator's
GRANT SELECT (collection_id, doi, state) ON archive.doi TO gavoadmin;

ALTER TABLE archive.account
    ADD COLUMN orcid text CHECK (orcid ~ '^[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]$');
