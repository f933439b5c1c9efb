-- The identity provider of a page, as it is read, and what the origin shows it.
CREATE TABLE providers (
    page_id TEXT NOT NULL PRIMARY KEY REFERENCES pages (id) ON DELETE CASCADE,
    object TEXT NOT NULL,
    client_secret TEXT
) WITHOUT ROWID;

-- By what the provider says of its visitors an audience is known, as a JSON list.
ALTER TABLE audiences ADD COLUMN claims TEXT NOT NULL DEFAULT '[]';

-- With what the tokens of a publisher's own product are verified; `material` is a public key or a secret.
CREATE TABLE token_keys (
    page_id TEXT NOT NULL REFERENCES pages (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    object TEXT NOT NULL,
    material BLOB NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (page_id, id)
) WITHOUT ROWID;
