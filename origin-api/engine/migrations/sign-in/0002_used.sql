-- What lets somebody in once and was used: tokens, and sign-ins by a provider; each as its SHA-256, until it counts no longer.
CREATE TABLE used (
    hash BLOB NOT NULL PRIMARY KEY,
    until_ms BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX used_by_time ON used (until_ms);
