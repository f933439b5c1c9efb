-- Sessions that a publisher ended and that would count still.
CREATE TABLE ended_sessions (
    page_id TEXT NOT NULL REFERENCES pages (id) ON DELETE CASCADE,
    id BLOB NOT NULL,
    -- The page's revision then: sessions of a lower one are shown to the origin anyhow, and need not be told to the regions.
    revision BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    PRIMARY KEY (page_id, id)
) WITHOUT ROWID;
CREATE INDEX ended_sessions_by_end ON ended_sessions (expires_ms);
