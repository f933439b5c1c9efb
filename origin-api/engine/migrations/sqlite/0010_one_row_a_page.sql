-- One row for each page that ever was, its last change: what the feed asks for is read in order, whatever lies before it.
CREATE TABLE outbox_of_pages (
    page_id TEXT PRIMARY KEY NOT NULL,
    seq BIGINT NOT NULL,
    at_ms BIGINT NOT NULL
) WITHOUT ROWID;
INSERT INTO outbox_of_pages (page_id, seq, at_ms)
    SELECT page_id, seq, at_ms FROM outbox
    WHERE seq = (SELECT MAX(later.seq) FROM outbox later WHERE later.page_id = outbox.page_id);
DROP TABLE outbox;
ALTER TABLE outbox_of_pages RENAME TO outbox;
CREATE UNIQUE INDEX outbox_in_order ON outbox (seq);

-- When the clock looks at a page: it is never due earlier.
ALTER TABLE pages ADD COLUMN look_at_ms BIGINT NOT NULL DEFAULT 0;
CREATE INDEX pages_to_look_at ON pages (look_at_ms);

-- When the clock advances a maintenance; NULL when it is completed. One that is told of afterwards is left alone for a while after
-- each request about it.
ALTER TABLE maintenances ADD COLUMN turn_ms BIGINT GENERATED ALWAYS AS (
    CASE WHEN completed_at_ms IS NULL THEN
        MAX(CASE WHEN status = 'scheduled' THEN starts_at_ms ELSE ends_at_ms END,
            CASE WHEN told_late THEN told_at_ms + 60000 ELSE 0 END) END) VIRTUAL;
CREATE INDEX maintenances_due ON maintenances (turn_ms) WHERE turn_ms IS NOT NULL;

-- Every region that reports, and when it did last.
CREATE TABLE regions (
    region TEXT PRIMARY KEY NOT NULL,
    heard_ms BIGINT NOT NULL
) WITHOUT ROWID;
INSERT INTO regions (region, heard_ms) SELECT region, MAX(at_ms) FROM deliveries GROUP BY region;
CREATE INDEX deliveries_of_page ON deliveries (page_id);
