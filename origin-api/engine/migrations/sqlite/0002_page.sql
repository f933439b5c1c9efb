-- What a page shows beside its states: its language and branding, announcements, called-off maintenances, where events lie.

ALTER TABLE pages ADD COLUMN language TEXT NOT NULL DEFAULT 'en';
-- JSON, as the push API writes it.
ALTER TABLE pages ADD COLUMN branding TEXT NOT NULL DEFAULT '{}';
ALTER TABLE pages ADD COLUMN announcement TEXT;
ALTER TABLE pages ADD COLUMN announcement_html TEXT;
-- Names of assets.
ALTER TABLE pages ADD COLUMN logo TEXT;
ALTER TABLE pages ADD COLUMN favicon TEXT;

-- No foreign key: an asset that the regions have must be taken back even when the page is gone. Without bytes it is a
-- tombstone; with `replaced_at_ms` it waits for that.
CREATE TABLE assets (
    page_id TEXT NOT NULL,
    name TEXT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    bytes BLOB,
    replaced_at_ms BIGINT,
    changed_seq BIGINT NOT NULL,
    PRIMARY KEY (page_id, name)
);

ALTER TABLE component_groups ADD COLUMN display TEXT NOT NULL DEFAULT 'open';
ALTER TABLE component_groups ADD COLUMN created_at_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE component_groups ADD COLUMN updated_at_ms BIGINT NOT NULL DEFAULT 0;
UPDATE component_groups SET created_at_ms = (SELECT p.created_at_ms FROM pages p WHERE p.id = page_id);
UPDATE component_groups SET updated_at_ms = created_at_ms;

-- `start_date` only where the publisher gave one; otherwise uptime counts from the day of creation.
ALTER TABLE components ADD COLUMN start_date TEXT;
ALTER TABLE components ADD COLUMN only_show_if_degraded BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE components ADD COLUMN created_at_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE components ADD COLUMN updated_at_ms BIGINT NOT NULL DEFAULT 0;
UPDATE components SET start_date = started_on, created_at_ms = 1000 * unixepoch(started_on);
UPDATE components SET updated_at_ms = created_at_ms;
ALTER TABLE components DROP COLUMN started_on;

-- Derived from the updates: when a fix was first watched, when a maintenance was first told of.
ALTER TABLE incidents ADD COLUMN monitoring_at_ms BIGINT;
UPDATE incidents SET monitoring_at_ms = (SELECT MIN(u.at_ms) FROM updates u
    WHERE u.page_id = incidents.page_id AND u.parent_kind = 'incident' AND u.parent_id = incidents.id
    AND u.status = 'monitoring');
ALTER TABLE maintenances ADD COLUMN announced_at_ms BIGINT NOT NULL DEFAULT 0;
UPDATE maintenances SET announced_at_ms = COALESCE((SELECT MIN(u.at_ms) FROM updates u
    WHERE u.page_id = maintenances.page_id AND u.parent_kind = 'maintenance' AND u.parent_id = maintenances.id),
    created_at_ms);
-- Counts the changes of a maintenance.
ALTER TABLE maintenances ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;

-- Maintenances that were called off before they began, for calendars that know them.
CREATE TABLE cancelled_maintenances (
    page_id TEXT NOT NULL REFERENCES pages (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    starts_at_ms BIGINT NOT NULL,
    ends_at_ms BIGINT NOT NULL,
    cancelled_at_ms BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY (page_id, id)
) WITHOUT ROWID;

-- Ids of events by their first character. One that is not filled was, and must go on telling the regions that it is gone.
-- No foreign key: that duty outlives the page.
CREATE TABLE permalinks (
    page_id TEXT NOT NULL,
    initial TEXT NOT NULL,
    filled BOOLEAN NOT NULL,
    changed_seq BIGINT NOT NULL,
    PRIMARY KEY (page_id, initial)
) WITHOUT ROWID;

-- Every page is composed anew and whole, as its records tell more than before.
INSERT INTO outbox (seq, page_id, at_ms)
    SELECT (SELECT COALESCE(MAX(seq), 0) FROM outbox) + row_number() OVER (ORDER BY ordinal), id, 1000 * unixepoch() FROM pages;
UPDATE archive_months SET changed_seq = (SELECT MAX(o.seq) FROM outbox o WHERE o.page_id = archive_months.page_id)
    WHERE page_id IN (SELECT id FROM pages);
INSERT INTO permalinks (page_id, initial, filled, changed_seq)
    SELECT e.page_id, substr(e.id, 1, 1), TRUE, (SELECT MAX(o.seq) FROM outbox o WHERE o.page_id = e.page_id)
    FROM (SELECT page_id, id FROM incidents UNION ALL SELECT page_id, id FROM maintenances WHERE status <> 'scheduled') e
    GROUP BY e.page_id, substr(e.id, 1, 1);

-- What the planner must know and cannot guess: a page has thousands of events, updates and status changes, and an event or
-- an update a few of them. Without it every question for an update's words reads all of the page's.
ANALYZE status_changes;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('incidents', 'sqlite_autoindex_incidents_1', '100000 10000 1'),
    ('incidents', 'incidents_in_order', '100000 10000 2 1'),
    ('incidents', 'incidents_of_month', '100000 10000 100'),
    ('incidents', 'incidents_open', '100 10'),
    ('maintenances', 'sqlite_autoindex_maintenances_1', '100000 10000 1'),
    ('maintenances', 'maintenances_in_order', '100000 10000 2 1'),
    ('maintenances', 'maintenances_of_month', '100000 10000 100'),
    ('maintenances', 'maintenances_open', '100 10'),
    ('maintenances', 'maintenances_completed', '100000 10000 2'),
    ('updates', 'sqlite_autoindex_updates_1', '1000000 100000 1'),
    ('updates', 'updates_in_order', '1000000 100000 50000 6 2 1'),
    ('status_changes', 'status_changes', '1000000 100000 2000 2 1'),
    ('status_changes', 'status_changes_of_update', '1000000 100000 3');
ANALYZE sqlite_schema;
