-- The host that a page had first: entries of its feeds are named by it for ever.
ALTER TABLE pages ADD COLUMN first_host TEXT;
UPDATE pages SET first_host =
    (SELECT host FROM hosts WHERE hosts.page_id = pages.id AND live ORDER BY position, host LIMIT 1);
