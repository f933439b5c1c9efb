-- Networks whose visitors are in an audience, as a JSON list.
ALTER TABLE audiences ADD COLUMN ranges TEXT NOT NULL DEFAULT '[]';

-- Links that show some formats of a page to whoever has them.
CREATE TABLE links (
    page_id TEXT NOT NULL REFERENCES pages (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    -- Whose content they show, as on every object.
    audiences TEXT NOT NULL,
    formats TEXT NOT NULL,
    -- The secret itself is not kept.
    secret_hash BLOB NOT NULL,
    expires_at_ms BIGINT,
    created_at_ms BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (page_id, id)
);
