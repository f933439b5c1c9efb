-- When and with which change a page gave a host up: what tells the regions that it is gone is kept for a while.
ALTER TABLE hosts ADD COLUMN gone_ms BIGINT;
ALTER TABLE hosts ADD COLUMN gone_seq BIGINT;
UPDATE hosts SET
    gone_ms = (SELECT o.at_ms FROM outbox o WHERE o.page_id = hosts.page_id),
    gone_seq = (SELECT o.seq FROM outbox o WHERE o.page_id = hosts.page_id)
    WHERE NOT live;
CREATE INDEX hosts_given_up ON hosts (gone_ms) WHERE gone_ms IS NOT NULL;
