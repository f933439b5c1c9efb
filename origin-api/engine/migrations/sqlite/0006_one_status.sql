-- What was said of components, each by whoever said it, and what follows from that. A component that is deleted or renamed
-- leaves its name in what was told.

-- What an update of an incident or a maintenance said of a component. The moment is the update's.
CREATE TABLE reported_statuses (
    page_id TEXT NOT NULL,
    update_id TEXT NOT NULL,
    component_id TEXT NOT NULL,
    component_name TEXT NOT NULL,
    status TEXT NOT NULL,
    PRIMARY KEY (page_id, update_id, component_id),
    FOREIGN KEY (page_id, update_id) REFERENCES updates (page_id, id) ON DELETE CASCADE
) WITHOUT ROWID;

-- What the publisher said of a component itself.
CREATE TABLE own_statuses (
    page_id TEXT NOT NULL,
    component_id TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    status TEXT NOT NULL,
    PRIMARY KEY (page_id, component_id, at_ms, ordinal),
    FOREIGN KEY (page_id, component_id) REFERENCES components (page_id, id) ON DELETE CASCADE
) WITHOUT ROWID;

-- `status` is always derived; where it is not given, the update leaves the event as it was. Without `components_given` the
-- update said nothing of components, and what they follow is the event's course.
ALTER TABLE updates ADD COLUMN status_given BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE updates ADD COLUMN components_given BOOLEAN NOT NULL DEFAULT TRUE;
-- Shown in place of `at_ms`, which orders.
ALTER TABLE updates ADD COLUMN displayed_at_ms BIGINT;
-- When it was corrected.
ALTER TABLE updates ADD COLUMN updated_at_ms BIGINT;

-- When something of it was changed that is no new update.
ALTER TABLE incidents ADD COLUMN updated_at_ms BIGINT;
ALTER TABLE maintenances ADD COLUMN updated_at_ms BIGINT;
CREATE INDEX incidents_resolved ON incidents (page_id, resolved_at_ms);

-- `began_at_ms` follows from the updates.
ALTER TABLE maintenances ADD COLUMN began_at_ms BIGINT;
UPDATE maintenances SET
    began_at_ms = (SELECT MIN(u.at_ms) FROM updates u
        WHERE u.page_id = maintenances.page_id AND u.parent_kind = 'maintenance' AND u.parent_id = maintenances.id
        AND u.status IN ('in_progress', 'verifying')),
    completed_at_ms = CASE WHEN completed_at_ms IS NOT NULL THEN (SELECT MIN(u.at_ms) FROM updates u
        WHERE u.page_id = maintenances.page_id AND u.parent_kind = 'maintenance' AND u.parent_id = maintenances.id
        AND u.status = 'completed' AND u.at_ms >= COALESCE((SELECT MAX(o.at_ms) FROM updates o
            WHERE o.page_id = maintenances.page_id AND o.parent_kind = 'maintenance' AND o.parent_id = maintenances.id
            AND o.status <> 'completed'), 0)) END;
-- When somebody told of it last, and whether its window was past when it was created: then its history is being told.
ALTER TABLE maintenances ADD COLUMN told_at_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE maintenances ADD COLUMN told_late BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE maintenances SET told_at_ms = created_at_ms, told_late = ends_at_ms < created_at_ms;

-- The publisher's own words, each ended where another source was the next to speak: that is what was shown.
INSERT INTO own_statuses (page_id, component_id, at_ms, ordinal, status)
    SELECT page_id, component_id, at_ms, ordinal, status FROM status_changes WHERE update_id IS NULL;
INSERT INTO own_statuses (page_id, component_id, at_ms, ordinal, status)
    SELECT page_id, component_id, at_ms, ordinal, 'operational' FROM (
        SELECT page_id, component_id, at_ms, ordinal, update_id,
            LAG(update_id IS NULL) OVER earlier AS after_own, LAG(status) OVER earlier AS status_before
        FROM status_changes WINDOW earlier AS (PARTITION BY page_id, component_id ORDER BY at_ms, ordinal)) s
    WHERE s.update_id IS NOT NULL AND s.after_own AND s.status_before <> 'operational';

-- What incidents and maintenances said. That a closing update frees components, and that components are under maintenance
-- while one is under way, follows by itself.
INSERT INTO reported_statuses (page_id, update_id, component_id, component_name, status)
    SELECT s.page_id, s.update_id, s.component_id,
        CASE WHEN g.name IS NULL THEN c.name ELSE g.name || ' - ' || c.name END, s.status
    FROM status_changes s
    JOIN updates u ON u.page_id = s.page_id AND u.id = s.update_id
    JOIN components c ON c.page_id = s.page_id AND c.id = s.component_id
    LEFT JOIN component_groups g ON g.page_id = c.page_id AND g.id = c.group_id
    WHERE NOT (u.parent_kind = 'incident' AND u.status IN ('resolved', 'postmortem') AND s.status = 'operational')
        AND NOT (u.parent_kind = 'maintenance' AND s.status IN ('under_maintenance', 'operational'))
    ORDER BY s.at_ms, s.ordinal
    ON CONFLICT (page_id, update_id, component_id) DO UPDATE SET status = excluded.status;
UPDATE updates SET components_given = FALSE
    WHERE EXISTS (SELECT 1 FROM status_changes s WHERE s.page_id = updates.page_id AND s.update_id = updates.id)
    AND NOT EXISTS (SELECT 1 FROM reported_statuses r WHERE r.page_id = updates.page_id AND r.update_id = updates.id);

-- The components of an event, by the names that they were told with: of a maintenance those that it was given, `listed`, and
-- those that its updates named. No foreign key to components, which may go.
CREATE TABLE incident_components_told (
    page_id TEXT NOT NULL,
    incident_id TEXT NOT NULL,
    component_id TEXT NOT NULL,
    component_name TEXT NOT NULL,
    status TEXT NOT NULL,
    PRIMARY KEY (page_id, incident_id, component_id),
    FOREIGN KEY (page_id, incident_id) REFERENCES incidents (page_id, id) ON DELETE CASCADE
) WITHOUT ROWID;
INSERT INTO incident_components_told (page_id, incident_id, component_id, component_name, status)
    SELECT i.page_id, i.incident_id, i.component_id,
        CASE WHEN g.name IS NULL THEN c.name ELSE g.name || ' - ' || c.name END, i.status
    FROM incident_components i
    JOIN components c ON c.page_id = i.page_id AND c.id = i.component_id
    LEFT JOIN component_groups g ON g.page_id = c.page_id AND g.id = c.group_id;
DROP TABLE incident_components;
ALTER TABLE incident_components_told RENAME TO incident_components;
CREATE INDEX incident_components_of_component ON incident_components (page_id, component_id);

CREATE TABLE maintenance_components_told (
    page_id TEXT NOT NULL,
    maintenance_id TEXT NOT NULL,
    component_id TEXT NOT NULL,
    component_name TEXT NOT NULL,
    listed BOOLEAN NOT NULL,
    PRIMARY KEY (page_id, maintenance_id, component_id),
    FOREIGN KEY (page_id, maintenance_id) REFERENCES maintenances (page_id, id) ON DELETE CASCADE
) WITHOUT ROWID;
INSERT INTO maintenance_components_told (page_id, maintenance_id, component_id, component_name, listed)
    SELECT m.page_id, m.maintenance_id, m.component_id,
        CASE WHEN g.name IS NULL THEN c.name ELSE g.name || ' - ' || c.name END, TRUE
    FROM maintenance_components m
    JOIN components c ON c.page_id = m.page_id AND c.id = m.component_id
    LEFT JOIN component_groups g ON g.page_id = c.page_id AND g.id = c.group_id;
DROP TABLE maintenance_components;
ALTER TABLE maintenance_components_told RENAME TO maintenance_components;
CREATE INDEX maintenance_components_of_component ON maintenance_components (page_id, component_id);

-- Always derived, from the own words and from the updates of events: the status of a component from each moment on at which it
-- changes. Opening the database makes it, for the components without `held_by`.
DROP TABLE status_changes;
CREATE TABLE status_changes (
    page_id TEXT NOT NULL,
    component_id TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    status TEXT NOT NULL,
    PRIMARY KEY (page_id, component_id, at_ms),
    FOREIGN KEY (page_id, component_id) REFERENCES components (page_id, id) ON DELETE CASCADE
) WITHOUT ROWID;

-- The incidents and maintenances that hold it down: a JSON list of ids. NULL where its history is not made yet.
ALTER TABLE components ADD COLUMN held_by TEXT DEFAULT '[]';
UPDATE components SET held_by = NULL;
CREATE INDEX components_without_history ON components (page_id) WHERE held_by IS NULL;

-- Every page is composed anew and whole, as its records tell more than before.
INSERT INTO outbox (seq, page_id, at_ms)
    SELECT (SELECT COALESCE(MAX(seq), 0) FROM outbox) + row_number() OVER (ORDER BY ordinal), id, 1000 * unixepoch() FROM pages;
UPDATE archive_months SET changed_seq = (SELECT MAX(o.seq) FROM outbox o WHERE o.page_id = archive_months.page_id)
    WHERE page_id IN (SELECT id FROM pages);

DELETE FROM sqlite_stat1 WHERE tbl = 'status_changes';
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('incidents', 'incidents_resolved', '100000 10000 2'),
    ('reported_statuses', 'reported_statuses', '1000000 100000 3 1'),
    ('own_statuses', 'own_statuses', '100000 10000 200 2 1'),
    ('status_changes', 'status_changes', '1000000 100000 2000 1');
ANALYZE sqlite_schema;
