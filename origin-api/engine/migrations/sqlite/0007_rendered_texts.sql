-- By which rules of Markdown the HTML of a place was made: all of it where it is `whole`, else up to one row. A place that
-- is not named has HTML of the first rules, or none at all.
CREATE TABLE rendered_texts (
    place TEXT PRIMARY KEY NOT NULL,
    rules BIGINT NOT NULL,
    after_page TEXT NOT NULL,
    after_id TEXT NOT NULL,
    whole BOOLEAN NOT NULL
);
