-- Trees of files that other web servers host: for each, oivo writes the rules who may read what.

CREATE TABLE archive.hosted_tree (
    id            text PRIMARY KEY CHECK (id ~ '^[a-z0-9][a-z0-9._-]{0,40}$'),
    -- files of this collection are directly in it; NULL: those of each collection in a folder of its id
    collection_id text REFERENCES archive.collection ON UPDATE CASCADE,
    -- address of the tree, without a slash at its end; files registered below it are in it, too
    base_url      text NOT NULL CHECK (base_url ~ '^https?://[^[:space:][:cntrl:]"<>?#]+[^/]$'),
    -- a folder of this host, or host:/folder for the push command
    target        text NOT NULL UNIQUE CHECK (target <> ''),
    -- the .htpasswd as the server sees it
    password_file text NOT NULL CHECK (password_file ~ '^/'),
    -- time zone of the server; '' where it is not known
    zone          text NOT NULL DEFAULT '',
    hardened      boolean NOT NULL DEFAULT false,
    created       timestamptz NOT NULL DEFAULT now(),
    -- the last run that went well
    written       timestamptz,
    expires       timestamptz,
    digest        text,
    -- what the rules were made from: the counter of changes before, and the first moment that changes them by itself
    changes       bigint,
    next_change   timestamptz,
    -- the last run, and why it failed
    attempted     timestamptz,
    problem       text
);
