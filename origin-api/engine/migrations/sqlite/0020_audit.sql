-- Who changed what of a page through the push API. It outlives its page: a deletion is told too.
CREATE TABLE audit (
    -- Empty for what belongs to no page.
    page_id TEXT NOT NULL,
    -- Of the page alone, so that nobody sees how much others do.
    number BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    -- Who, as JSON.
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    kind TEXT NOT NULL,
    object TEXT,
    -- Each field before and after, as JSON, without secrets.
    changed TEXT,
    -- Whether that may name people, whose addresses go sooner.
    has_people BOOLEAN NOT NULL,
    PRIMARY KEY (page_id, number)
) WITHOUT ROWID;
CREATE INDEX audit_of_kind ON audit (page_id, kind, number);
CREATE INDEX audit_by_age ON audit (at_ms);
CREATE INDEX audit_with_people ON audit (at_ms) WHERE has_people;
