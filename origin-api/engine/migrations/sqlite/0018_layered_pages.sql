-- Whom an object is for: ids of the page's audiences, or "public", as a JSON list.
ALTER TABLE components ADD COLUMN audiences TEXT NOT NULL DEFAULT '["public"]';
ALTER TABLE component_groups ADD COLUMN audiences TEXT NOT NULL DEFAULT '["public"]';
ALTER TABLE incidents ADD COLUMN audiences TEXT NOT NULL DEFAULT '["public"]';
ALTER TABLE maintenances ADD COLUMN audiences TEXT NOT NULL DEFAULT '["public"]';
ALTER TABLE cancelled_maintenances ADD COLUMN audiences TEXT NOT NULL DEFAULT '["public"]';
ALTER TABLE maintenance_series ADD COLUMN audiences TEXT NOT NULL DEFAULT '["public"]';
ALTER TABLE metrics ADD COLUMN audiences TEXT NOT NULL DEFAULT '["public"]';
ALTER TABLE pages ADD COLUMN announcement_audiences TEXT NOT NULL DEFAULT '["public"]';

-- Sets of audiences for which the regions are given content, as JSON: up to now one for each page. The second is the set of
-- those who are in no audience that anything is for.
ALTER TABLE pages ADD COLUMN sets TEXT NOT NULL DEFAULT '["public"]';
UPDATE pages SET sets = '["a9e2fcff51ccb88a6c19"]' WHERE visibility <> 'public';

-- Components that are gone, of those that were not for the public: past events name them still.
CREATE TABLE gone_components (
    page_id TEXT NOT NULL REFERENCES pages (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    audiences TEXT NOT NULL,
    PRIMARY KEY (page_id, id)
) WITHOUT ROWID;

-- Which objects name an audience. Triggers keep it, as every family writes such a list and rows go in many ways.
CREATE TABLE audience_uses (
    page_id TEXT NOT NULL REFERENCES pages (id) ON DELETE CASCADE,
    audience_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    object_id TEXT NOT NULL,
    PRIMARY KEY (page_id, audience_id, kind, object_id)
) WITHOUT ROWID;
CREATE INDEX audience_uses_of_object ON audience_uses (page_id, kind, object_id);

CREATE TRIGGER components_audiences_added AFTER INSERT ON components WHEN NEW.audiences <> '["public"]' BEGIN
    INSERT INTO audience_uses (page_id, audience_id, kind, object_id)
        SELECT NEW.page_id, value, 'component', NEW.id FROM json_each(NEW.audiences) WHERE value <> 'public';
END;
CREATE TRIGGER components_audiences_changed AFTER UPDATE OF audiences ON components WHEN NEW.audiences <> OLD.audiences BEGIN
    DELETE FROM audience_uses WHERE page_id = OLD.page_id AND kind = 'component' AND object_id = OLD.id;
    INSERT INTO audience_uses (page_id, audience_id, kind, object_id)
        SELECT NEW.page_id, value, 'component', NEW.id FROM json_each(NEW.audiences) WHERE value <> 'public';
END;
CREATE TRIGGER components_audiences_removed AFTER DELETE ON components WHEN OLD.audiences <> '["public"]' BEGIN
    DELETE FROM audience_uses WHERE page_id = OLD.page_id AND kind = 'component' AND object_id = OLD.id;
END;

CREATE TRIGGER component_groups_audiences_added AFTER INSERT ON component_groups WHEN NEW.audiences <> '["public"]' BEGIN
    INSERT INTO audience_uses (page_id, audience_id, kind, object_id)
        SELECT NEW.page_id, value, 'group', NEW.id FROM json_each(NEW.audiences) WHERE value <> 'public';
END;
CREATE TRIGGER component_groups_audiences_changed AFTER UPDATE OF audiences ON component_groups WHEN NEW.audiences <> OLD.audiences BEGIN
    DELETE FROM audience_uses WHERE page_id = OLD.page_id AND kind = 'group' AND object_id = OLD.id;
    INSERT INTO audience_uses (page_id, audience_id, kind, object_id)
        SELECT NEW.page_id, value, 'group', NEW.id FROM json_each(NEW.audiences) WHERE value <> 'public';
END;
CREATE TRIGGER component_groups_audiences_removed AFTER DELETE ON component_groups WHEN OLD.audiences <> '["public"]' BEGIN
    DELETE FROM audience_uses WHERE page_id = OLD.page_id AND kind = 'group' AND object_id = OLD.id;
END;

CREATE TRIGGER incidents_audiences_added AFTER INSERT ON incidents WHEN NEW.audiences <> '["public"]' BEGIN
    INSERT INTO audience_uses (page_id, audience_id, kind, object_id)
        SELECT NEW.page_id, value, 'incident', NEW.id FROM json_each(NEW.audiences) WHERE value <> 'public';
END;
CREATE TRIGGER incidents_audiences_changed AFTER UPDATE OF audiences ON incidents WHEN NEW.audiences <> OLD.audiences BEGIN
    DELETE FROM audience_uses WHERE page_id = OLD.page_id AND kind = 'incident' AND object_id = OLD.id;
    INSERT INTO audience_uses (page_id, audience_id, kind, object_id)
        SELECT NEW.page_id, value, 'incident', NEW.id FROM json_each(NEW.audiences) WHERE value <> 'public';
END;
CREATE TRIGGER incidents_audiences_removed AFTER DELETE ON incidents WHEN OLD.audiences <> '["public"]' BEGIN
    DELETE FROM audience_uses WHERE page_id = OLD.page_id AND kind = 'incident' AND object_id = OLD.id;
END;

CREATE TRIGGER maintenances_audiences_added AFTER INSERT ON maintenances WHEN NEW.audiences <> '["public"]' BEGIN
    INSERT INTO audience_uses (page_id, audience_id, kind, object_id)
        SELECT NEW.page_id, value, 'maintenance', NEW.id FROM json_each(NEW.audiences) WHERE value <> 'public';
END;
CREATE TRIGGER maintenances_audiences_changed AFTER UPDATE OF audiences ON maintenances WHEN NEW.audiences <> OLD.audiences BEGIN
    DELETE FROM audience_uses WHERE page_id = OLD.page_id AND kind = 'maintenance' AND object_id = OLD.id;
    INSERT INTO audience_uses (page_id, audience_id, kind, object_id)
        SELECT NEW.page_id, value, 'maintenance', NEW.id FROM json_each(NEW.audiences) WHERE value <> 'public';
END;
CREATE TRIGGER maintenances_audiences_removed AFTER DELETE ON maintenances WHEN OLD.audiences <> '["public"]' BEGIN
    DELETE FROM audience_uses WHERE page_id = OLD.page_id AND kind = 'maintenance' AND object_id = OLD.id;
END;

CREATE TRIGGER cancelled_maintenances_audiences_added AFTER INSERT ON cancelled_maintenances WHEN NEW.audiences <> '["public"]' BEGIN
    INSERT INTO audience_uses (page_id, audience_id, kind, object_id)
        SELECT NEW.page_id, value, 'cancelled maintenance', NEW.id FROM json_each(NEW.audiences) WHERE value <> 'public';
END;
CREATE TRIGGER cancelled_maintenances_audiences_changed AFTER UPDATE OF audiences ON cancelled_maintenances WHEN NEW.audiences <> OLD.audiences BEGIN
    DELETE FROM audience_uses WHERE page_id = OLD.page_id AND kind = 'cancelled maintenance' AND object_id = OLD.id;
    INSERT INTO audience_uses (page_id, audience_id, kind, object_id)
        SELECT NEW.page_id, value, 'cancelled maintenance', NEW.id FROM json_each(NEW.audiences) WHERE value <> 'public';
END;
CREATE TRIGGER cancelled_maintenances_audiences_removed AFTER DELETE ON cancelled_maintenances WHEN OLD.audiences <> '["public"]' BEGIN
    DELETE FROM audience_uses WHERE page_id = OLD.page_id AND kind = 'cancelled maintenance' AND object_id = OLD.id;
END;

CREATE TRIGGER maintenance_series_audiences_added AFTER INSERT ON maintenance_series WHEN NEW.audiences <> '["public"]' BEGIN
    INSERT INTO audience_uses (page_id, audience_id, kind, object_id)
        SELECT NEW.page_id, value, 'maintenance series', NEW.id FROM json_each(NEW.audiences) WHERE value <> 'public';
END;
CREATE TRIGGER maintenance_series_audiences_changed AFTER UPDATE OF audiences ON maintenance_series WHEN NEW.audiences <> OLD.audiences BEGIN
    DELETE FROM audience_uses WHERE page_id = OLD.page_id AND kind = 'maintenance series' AND object_id = OLD.id;
    INSERT INTO audience_uses (page_id, audience_id, kind, object_id)
        SELECT NEW.page_id, value, 'maintenance series', NEW.id FROM json_each(NEW.audiences) WHERE value <> 'public';
END;
CREATE TRIGGER maintenance_series_audiences_removed AFTER DELETE ON maintenance_series WHEN OLD.audiences <> '["public"]' BEGIN
    DELETE FROM audience_uses WHERE page_id = OLD.page_id AND kind = 'maintenance series' AND object_id = OLD.id;
END;

CREATE TRIGGER metrics_audiences_added AFTER INSERT ON metrics WHEN NEW.audiences <> '["public"]' BEGIN
    INSERT INTO audience_uses (page_id, audience_id, kind, object_id)
        SELECT NEW.page_id, value, 'metric', NEW.id FROM json_each(NEW.audiences) WHERE value <> 'public';
END;
CREATE TRIGGER metrics_audiences_changed AFTER UPDATE OF audiences ON metrics WHEN NEW.audiences <> OLD.audiences BEGIN
    DELETE FROM audience_uses WHERE page_id = OLD.page_id AND kind = 'metric' AND object_id = OLD.id;
    INSERT INTO audience_uses (page_id, audience_id, kind, object_id)
        SELECT NEW.page_id, value, 'metric', NEW.id FROM json_each(NEW.audiences) WHERE value <> 'public';
END;
CREATE TRIGGER metrics_audiences_removed AFTER DELETE ON metrics WHEN OLD.audiences <> '["public"]' BEGIN
    DELETE FROM audience_uses WHERE page_id = OLD.page_id AND kind = 'metric' AND object_id = OLD.id;
END;

CREATE TRIGGER announcement_audiences_changed AFTER UPDATE OF announcement_audiences ON pages
WHEN NEW.announcement_audiences <> OLD.announcement_audiences BEGIN
    DELETE FROM audience_uses WHERE page_id = OLD.id AND kind = 'announcement';
    INSERT INTO audience_uses (page_id, audience_id, kind, object_id)
        SELECT NEW.id, value, 'announcement', NEW.id FROM json_each(NEW.announcement_audiences) WHERE value <> 'public';
END;
