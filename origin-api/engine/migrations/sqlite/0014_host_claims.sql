-- The change that took a host from another page, or from nobody.
ALTER TABLE hosts ADD COLUMN since_seq BIGINT NOT NULL DEFAULT 0;
