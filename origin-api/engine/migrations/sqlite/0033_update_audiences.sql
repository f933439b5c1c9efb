-- Who sees an update, of those who see its incident or maintenance.
ALTER TABLE updates ADD COLUMN audiences TEXT NOT NULL DEFAULT '["public"]';

CREATE TRIGGER updates_audiences_added AFTER INSERT ON updates WHEN NEW.audiences <> '["public"]' BEGIN
    INSERT INTO audience_uses (page_id, audience_id, kind, object_id)
        SELECT NEW.page_id, value, NEW.parent_kind || ' update', NEW.id FROM json_each(NEW.audiences) WHERE value <> 'public';
END;
CREATE TRIGGER updates_audiences_changed AFTER UPDATE OF audiences ON updates WHEN NEW.audiences <> OLD.audiences BEGIN
    DELETE FROM audience_uses WHERE page_id = OLD.page_id AND kind = OLD.parent_kind || ' update' AND object_id = OLD.id;
    INSERT INTO audience_uses (page_id, audience_id, kind, object_id)
        SELECT NEW.page_id, value, NEW.parent_kind || ' update', NEW.id FROM json_each(NEW.audiences) WHERE value <> 'public';
END;
CREATE TRIGGER updates_audiences_removed AFTER DELETE ON updates WHEN OLD.audiences <> '["public"]' BEGIN
    DELETE FROM audience_uses WHERE page_id = OLD.page_id AND kind = OLD.parent_kind || ' update' AND object_id = OLD.id;
END;
-- For who asks what is for some alone.
CREATE INDEX updates_for_some ON updates (page_id) WHERE audiences <> '["public"]';
