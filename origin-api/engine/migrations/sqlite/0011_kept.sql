-- How much lies in a table, where that is bounded by bytes. Triggers keep it, as counting would read the table.
CREATE TABLE kept_bytes (place TEXT PRIMARY KEY NOT NULL, bytes BIGINT NOT NULL) WITHOUT ROWID;
INSERT INTO kept_bytes (place, bytes) SELECT 'idempotency', COALESCE(SUM(LENGTH(key) + LENGTH(answer)), 0) FROM idempotency;
CREATE TRIGGER idempotency_added AFTER INSERT ON idempotency BEGIN
    UPDATE kept_bytes SET bytes = bytes + LENGTH(NEW.key) + LENGTH(NEW.answer) WHERE place = 'idempotency';
END;
CREATE TRIGGER idempotency_changed AFTER UPDATE ON idempotency BEGIN
    UPDATE kept_bytes SET bytes = bytes + LENGTH(NEW.answer) - LENGTH(OLD.answer) WHERE place = 'idempotency';
END;
CREATE TRIGGER idempotency_removed AFTER DELETE ON idempotency BEGIN
    UPDATE kept_bytes SET bytes = bytes - LENGTH(OLD.key) - LENGTH(OLD.answer) WHERE place = 'idempotency';
END;

CREATE INDEX reminders_done ON reminders (due_ms) WHERE done;
CREATE INDEX regions_by_age ON regions (heard_ms);

-- Pages that were deleted, and when: what tells the regions that they are gone is kept for a while.
CREATE TABLE deleted_pages (
    page_id TEXT PRIMARY KEY NOT NULL,
    deleted_ms BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX deleted_pages_by_age ON deleted_pages (deleted_ms);
INSERT INTO deleted_pages (page_id, deleted_ms)
    SELECT page_id, at_ms FROM outbox WHERE page_id NOT IN (SELECT id FROM pages);
