-- A host that a page had and that leads to its first one, until it is told otherwise: not live, and not given up.
ALTER TABLE hosts ADD COLUMN redirects BOOLEAN NOT NULL DEFAULT FALSE;
