-- The months that an event touched, in its page's zone: the archives in which it stands. Derived from its times; what goes
-- on touches every month up to now.
CREATE TABLE event_months (
    page_id TEXT NOT NULL REFERENCES pages (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    event_id TEXT NOT NULL,
    month TEXT NOT NULL,
    PRIMARY KEY (page_id, kind, event_id, month)
) WITHOUT ROWID;
CREATE INDEX event_months_of_month ON event_months (page_id, month, kind);

-- The newest words of a page, for what was told last.
CREATE INDEX updates_told ON updates (page_id, parent_kind, at_ms);

-- Pages whose events are not filed yet. Only a program that knows the zones can do it, so it is done when the store opens.
CREATE TABLE unfiled_pages (page_id TEXT PRIMARY KEY NOT NULL REFERENCES pages (id) ON DELETE CASCADE);
INSERT INTO unfiled_pages SELECT id FROM pages;
INSERT INTO outbox (seq, page_id, at_ms)
    SELECT (SELECT COALESCE(MAX(seq), 0) FROM outbox) + row_number() OVER (ORDER BY ordinal), id, 1000 * unixepoch() FROM pages;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('updates', 'updates_told', '1000000 100000 50000 2'),
    ('event_months', 'event_months', '200000 20000 10000 2 1'),
    ('event_months', 'event_months_of_month', '200000 20000 200 100');
ANALYZE sqlite_schema;
