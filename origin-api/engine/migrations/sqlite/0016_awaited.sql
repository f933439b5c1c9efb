-- The last change of a page that somebody waits for: what time alone changes comes behind it on its way to the regions.
ALTER TABLE outbox ADD COLUMN awaited_seq BIGINT NOT NULL DEFAULT 0;
UPDATE outbox SET awaited_seq = seq;
