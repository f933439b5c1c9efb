-- Until when visitors of the region may be served what was there before the change, by the origin's clock.
ALTER TABLE deliveries ADD COLUMN served_until_ms BIGINT NOT NULL DEFAULT 0;
