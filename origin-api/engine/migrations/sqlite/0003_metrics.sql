-- `latest` is the value at `latest_at_ms`, the newest moment that was measured.
CREATE TABLE metrics (
    page_id TEXT NOT NULL REFERENCES pages (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    suffix TEXT NOT NULL,
    decimals BIGINT NOT NULL,
    position BIGINT NOT NULL,
    latest_at_ms BIGINT,
    latest DOUBLE PRECISION,
    ordinal BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (page_id, id)
);
CREATE INDEX metrics_in_order ON metrics (page_id, position, ordinal);

-- Points that are on disk but not on the page yet: the page's next fold takes them all.
CREATE TABLE metric_points_waiting (
    page_id TEXT NOT NULL,
    metric_id TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (page_id, metric_id, at_ms),
    FOREIGN KEY (page_id, metric_id) REFERENCES metrics (page_id, id) ON DELETE CASCADE
) WITHOUT ROWID;

-- When a page last showed new points, and how many wait for the next time.
CREATE TABLE metric_folds (
    page_id TEXT PRIMARY KEY NOT NULL REFERENCES pages (id) ON DELETE CASCADE,
    folded_ms BIGINT NOT NULL,
    waiting BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX metric_folds_due ON metric_folds (folded_ms) WHERE waiting > 0;

-- What a page shows: each quarter of an hour, counted from 1970, that was measured. The sparkline of a day.
CREATE TABLE metric_steps (
    page_id TEXT NOT NULL,
    metric_id TEXT NOT NULL,
    step BIGINT NOT NULL,
    count BIGINT NOT NULL,
    sum DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (page_id, metric_id, step),
    FOREIGN KEY (page_id, metric_id) REFERENCES metrics (page_id, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX metric_steps_by_age ON metric_steps (step);

-- The steps of the longer sparklines, so that composing a page reads what it draws and no more. Always derived: a wide step is
-- the sum of the `width` steps in it, and is counted from 1970 too.
CREATE TABLE metric_wide_steps (
    page_id TEXT NOT NULL,
    metric_id TEXT NOT NULL,
    width BIGINT NOT NULL,
    step BIGINT NOT NULL,
    count BIGINT NOT NULL,
    sum DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (page_id, metric_id, width, step),
    FOREIGN KEY (page_id, metric_id) REFERENCES metrics (page_id, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX metric_wide_steps_by_age ON metric_wide_steps (width * step);

-- The points of which a step was made, so that a point can be replaced. Apart from the steps, which stay small to read.
CREATE TABLE metric_points (
    page_id TEXT NOT NULL,
    metric_id TEXT NOT NULL,
    step BIGINT NOT NULL,
    points BLOB NOT NULL,
    PRIMARY KEY (page_id, metric_id, step),
    FOREIGN KEY (page_id, metric_id) REFERENCES metrics (page_id, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX metric_points_by_age ON metric_points (step);
