-- Who sees a page, and how it receives those whom it lets in.
ALTER TABLE pages ADD COLUMN visibility TEXT NOT NULL DEFAULT 'public';
ALTER TABLE pages ADD COLUMN sign_in TEXT NOT NULL DEFAULT '{}';
-- Raised when somebody may have lost what they were let in by, and to end every session.
ALTER TABLE pages ADD COLUMN access_revision BIGINT NOT NULL DEFAULT 0;
ALTER TABLE pages ADD COLUMN access_epoch BIGINT NOT NULL DEFAULT 0;
-- Sets of audiences that the regions had content for and that are taken back, as JSON.
ALTER TABLE pages ADD COLUMN former_sets TEXT NOT NULL DEFAULT '[]';
ALTER TABLE deleted_pages ADD COLUMN former_sets TEXT NOT NULL DEFAULT '[]';

CREATE TABLE audiences (
    page_id TEXT NOT NULL REFERENCES pages (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    -- Argon2 in the PHC string format, and which of the audience's passwords it is.
    password_hash TEXT,
    password_seq BIGINT NOT NULL DEFAULT 0,
    created_at_ms BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (page_id, id)
);

-- What sessions are signed with.
CREATE TABLE session_keys (
    id BIGINT NOT NULL PRIMARY KEY,
    secret BLOB NOT NULL,
    created_at_ms BIGINT NOT NULL
);
