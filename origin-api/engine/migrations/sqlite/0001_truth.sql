-- Ids are unique within a page, so that two pages can keep the ids of one import. `ordinal` is the sequence number of the
-- change that made a row (its order for ever), `seq` that of the last change (its ETag). Times are milliseconds since 1970.

CREATE TABLE outbox (
    seq BIGINT PRIMARY KEY NOT NULL,
    page_id TEXT NOT NULL,
    at_ms BIGINT NOT NULL
);
CREATE INDEX outbox_of_page ON outbox (page_id, seq);

CREATE TABLE pages (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    description_html TEXT NOT NULL,
    website TEXT,
    time_zone TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    seq BIGINT NOT NULL
);
CREATE INDEX pages_in_order ON pages (created_at_ms, ordinal);

-- One row for each host ever claimed: the page that speaks for it. A row that is not live is a duty: its page must go on
-- telling the regions that the host is gone, until another page claims it. No foreign key: the duty outlives the page.
CREATE TABLE hosts (
    host TEXT PRIMARY KEY NOT NULL,
    page_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    live BOOLEAN NOT NULL
);
CREATE INDEX hosts_of_page ON hosts (page_id, position);

CREATE TABLE component_groups (
    page_id TEXT NOT NULL REFERENCES pages (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    description_html TEXT NOT NULL,
    position BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (page_id, id)
);
CREATE INDEX component_groups_in_order ON component_groups (page_id, position, ordinal);

-- `status` is always derived: the latest row of status_changes.
CREATE TABLE components (
    page_id TEXT NOT NULL REFERENCES pages (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    group_id TEXT,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    description_html TEXT NOT NULL,
    position BIGINT NOT NULL,
    status TEXT NOT NULL,
    show_uptime BOOLEAN NOT NULL,
    started_on TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (page_id, id)
);
CREATE INDEX components_in_order ON components (page_id, position, ordinal);
CREATE INDEX components_of_group ON components (page_id, group_id);
CREATE INDEX components_in_trouble ON components (page_id) WHERE status <> 'operational';

CREATE TABLE status_changes (
    page_id TEXT NOT NULL,
    component_id TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    status TEXT NOT NULL,
    update_id TEXT,
    PRIMARY KEY (page_id, component_id, at_ms, ordinal),
    FOREIGN KEY (page_id, component_id) REFERENCES components (page_id, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX status_changes_of_update ON status_changes (page_id, update_id) WHERE update_id IS NOT NULL;

-- `status`, `started_at_ms`, `resolved_at_ms` and `month` are always derived from the updates.
CREATE TABLE incidents (
    page_id TEXT NOT NULL REFERENCES pages (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    impact TEXT NOT NULL,
    impact_is_given BOOLEAN NOT NULL,
    started_at_ms BIGINT NOT NULL,
    resolved_at_ms BIGINT,
    month TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (page_id, id)
);
CREATE INDEX incidents_in_order ON incidents (page_id, started_at_ms, ordinal);
CREATE INDEX incidents_of_month ON incidents (page_id, month);
CREATE INDEX incidents_open ON incidents (page_id) WHERE resolved_at_ms IS NULL;

-- What an incident last said of each component that it touches.
CREATE TABLE incident_components (
    page_id TEXT NOT NULL,
    incident_id TEXT NOT NULL,
    component_id TEXT NOT NULL,
    status TEXT NOT NULL,
    PRIMARY KEY (page_id, incident_id, component_id),
    FOREIGN KEY (page_id, incident_id) REFERENCES incidents (page_id, id) ON DELETE CASCADE,
    FOREIGN KEY (page_id, component_id) REFERENCES components (page_id, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX incident_components_of_component ON incident_components (page_id, component_id);

-- `month` is that of the start; `created_at_ms` tells a plan from history that is told afterwards.
CREATE TABLE maintenances (
    page_id TEXT NOT NULL REFERENCES pages (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    starts_at_ms BIGINT NOT NULL,
    ends_at_ms BIGINT NOT NULL,
    completed_at_ms BIGINT,
    month TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (page_id, id)
);
CREATE INDEX maintenances_in_order ON maintenances (page_id, starts_at_ms, ordinal);
CREATE INDEX maintenances_of_month ON maintenances (page_id, month);
CREATE INDEX maintenances_open ON maintenances (page_id) WHERE completed_at_ms IS NULL;
CREATE INDEX maintenances_completed ON maintenances (page_id, completed_at_ms);

CREATE TABLE maintenance_components (
    page_id TEXT NOT NULL,
    maintenance_id TEXT NOT NULL,
    component_id TEXT NOT NULL,
    PRIMARY KEY (page_id, maintenance_id, component_id),
    FOREIGN KEY (page_id, maintenance_id) REFERENCES maintenances (page_id, id) ON DELETE CASCADE,
    FOREIGN KEY (page_id, component_id) REFERENCES components (page_id, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX maintenance_components_of_component ON maintenance_components (page_id, component_id);

-- Updates of incidents and of maintenances; `parent_kind` says which.
CREATE TABLE updates (
    page_id TEXT NOT NULL REFERENCES pages (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    parent_kind TEXT NOT NULL,
    parent_id TEXT NOT NULL,
    status TEXT NOT NULL,
    body TEXT NOT NULL,
    body_html TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (page_id, id)
);
CREATE INDEX updates_in_order ON updates (page_id, parent_kind, parent_id, at_ms, ordinal);

-- Months that have an archive. A month that is not filled had one and must go on telling the regions that it is gone. No
-- foreign key: that duty outlives the page.
CREATE TABLE archive_months (
    page_id TEXT NOT NULL,
    month TEXT NOT NULL,
    filled BOOLEAN NOT NULL,
    changed_seq BIGINT NOT NULL,
    PRIMARY KEY (page_id, month)
) WITHOUT ROWID;

CREATE TABLE tokens (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    page_id TEXT REFERENCES pages (id) ON DELETE CASCADE,
    secret_sha256 BLOB NOT NULL UNIQUE,
    created_at_ms BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    seq BIGINT NOT NULL
);

CREATE TABLE idempotency (
    token_id TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    answer BLOB NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (token_id, key)
) WITHOUT ROWID;
CREATE INDEX idempotency_by_age ON idempotency (at_ms);

CREATE TABLE deliveries (
    region TEXT NOT NULL,
    page_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (region, page_id)
) WITHOUT ROWID;
