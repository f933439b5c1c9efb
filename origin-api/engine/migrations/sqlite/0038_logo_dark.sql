-- The name of an asset that stands in the logo's place on a dark ground.

ALTER TABLE pages ADD COLUMN logo_dark TEXT;
