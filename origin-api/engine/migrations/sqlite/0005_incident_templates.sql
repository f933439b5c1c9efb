-- `variables` is JSON, as the push API writes it.
CREATE TABLE incident_templates (
    page_id TEXT NOT NULL REFERENCES pages (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    status TEXT NOT NULL,
    impact TEXT,
    variables TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (page_id, id)
);
CREATE INDEX incident_templates_in_order ON incident_templates (page_id, ordinal);

-- A component that is deleted leaves its templates, which go on to serve.
CREATE TABLE incident_template_components (
    page_id TEXT NOT NULL,
    template_id TEXT NOT NULL,
    component_id TEXT NOT NULL,
    status TEXT NOT NULL,
    PRIMARY KEY (page_id, template_id, component_id),
    FOREIGN KEY (page_id, template_id) REFERENCES incident_templates (page_id, id) ON DELETE CASCADE,
    FOREIGN KEY (page_id, component_id) REFERENCES components (page_id, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX incident_template_components_of_component ON incident_template_components (page_id, component_id);
