-- Sets of several audiences that somebody was let in with, whose content the regions are given.
CREATE TABLE audience_sets (
    page_id TEXT NOT NULL REFERENCES pages (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    -- Their ids as a JSON list, sorted.
    audiences TEXT NOT NULL,
    -- When somebody was last let in with it, give or take a day.
    used_at_ms BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    PRIMARY KEY (page_id, id)
) WITHOUT ROWID;
CREATE INDEX audience_sets_by_use ON audience_sets (used_at_ms);
