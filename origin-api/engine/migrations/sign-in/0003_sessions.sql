-- Who was let in and when, so that publishers see it and can end one. What lets somebody in stands in their cookie alone.
CREATE TABLE sessions (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    page_id TEXT NOT NULL,
    host TEXT NOT NULL,
    -- By what: `password`, `mail`, `provider`, `token` or `minted`.
    way TEXT NOT NULL,
    -- Their address, or what the provider or the publisher's product calls them; NULL where nobody knows.
    person TEXT,
    epoch BIGINT NOT NULL,
    began_ms BIGINT NOT NULL,
    renewed_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL
);
CREATE INDEX sessions_by_page ON sessions (page_id, number);
CREATE INDEX sessions_by_person ON sessions (page_id, person);
CREATE INDEX sessions_by_end ON sessions (expires_ms);
