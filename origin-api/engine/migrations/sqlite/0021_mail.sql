-- Whom an audience knows by their address, as a JSON list.
ALTER TABLE audiences ADD COLUMN emails TEXT NOT NULL DEFAULT '[]';

CREATE TABLE audience_members (
    page_id TEXT NOT NULL,
    audience_id TEXT NOT NULL,
    -- In the one spelling.
    address TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    -- By the change that added it, and where it stood in that.
    seq BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    PRIMARY KEY (page_id, audience_id, address),
    FOREIGN KEY (page_id, audience_id) REFERENCES audiences (page_id, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX audience_members_by_address ON audience_members (page_id, address);
CREATE INDEX audience_members_in_order ON audience_members (page_id, audience_id, seq, ordinal);

-- Whether this origin sends mail, so that pages offer it at the door.
CREATE TABLE mail (
    one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    is_sent BOOLEAN NOT NULL
);
INSERT INTO mail (one, is_sent) VALUES (1, FALSE);
