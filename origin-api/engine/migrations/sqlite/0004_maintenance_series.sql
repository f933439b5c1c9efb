-- Maintenances that recur. `exceptions` and `reminder_minutes` are JSON lists, as the push API writes them.
CREATE TABLE maintenance_series (
    page_id TEXT NOT NULL REFERENCES pages (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    starts_at_ms BIGINT NOT NULL,
    duration_minutes BIGINT NOT NULL,
    rule TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    exceptions TEXT NOT NULL,
    reminder_minutes TEXT NOT NULL,
    -- When there is something to plan; NULL for never again.
    plan_at_ms BIGINT,
    ordinal BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (page_id, id)
);
CREATE INDEX maintenance_series_in_order ON maintenance_series (page_id, ordinal);
CREATE INDEX maintenance_series_due ON maintenance_series (plan_at_ms) WHERE plan_at_ms IS NOT NULL;

CREATE TABLE maintenance_series_components (
    page_id TEXT NOT NULL,
    series_id TEXT NOT NULL,
    component_id TEXT NOT NULL,
    PRIMARY KEY (page_id, series_id, component_id),
    FOREIGN KEY (page_id, series_id) REFERENCES maintenance_series (page_id, id) ON DELETE CASCADE,
    FOREIGN KEY (page_id, component_id) REFERENCES components (page_id, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX maintenance_series_components_of_component ON maintenance_series_components (page_id, component_id);

-- Starts that were planned, and the maintenance that each became. One whose version is not `seq` any more was changed since,
-- one that is not there was called off: either way by hand, and the series leaves it alone. No foreign key for that reason.
CREATE TABLE occurrences (
    page_id TEXT NOT NULL,
    series_id TEXT NOT NULL,
    planned_ms BIGINT NOT NULL,
    maintenance_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (page_id, series_id, planned_ms),
    FOREIGN KEY (page_id, series_id) REFERENCES maintenance_series (page_id, id) ON DELETE CASCADE
) WITHOUT ROWID;

-- No foreign key: what took place stays when the series goes.
ALTER TABLE maintenances ADD COLUMN series_id TEXT;
ALTER TABLE maintenances ADD COLUMN reminder_minutes TEXT NOT NULL DEFAULT '[]';
CREATE INDEX maintenances_of_series ON maintenances (page_id, series_id) WHERE series_id IS NOT NULL;

-- One row for each moment at which a maintenance is to be reminded of. Done is what was said, and what came too late.
CREATE TABLE reminders (
    page_id TEXT NOT NULL,
    maintenance_id TEXT NOT NULL,
    minutes BIGINT NOT NULL,
    due_ms BIGINT NOT NULL,
    done BOOLEAN NOT NULL,
    PRIMARY KEY (page_id, maintenance_id, minutes),
    FOREIGN KEY (page_id, maintenance_id) REFERENCES maintenances (page_id, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX reminders_due ON reminders (due_ms) WHERE NOT done;

-- What others may want to hear of a page, by the change that it came with. `what` is JSON.
CREATE TABLE events (
    page_id TEXT NOT NULL REFERENCES pages (id) ON DELETE CASCADE,
    seq BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    what TEXT NOT NULL,
    PRIMARY KEY (page_id, seq)
) WITHOUT ROWID;
CREATE INDEX events_by_age ON events (at_ms);
