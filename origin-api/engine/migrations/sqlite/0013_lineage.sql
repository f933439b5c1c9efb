-- Which database this is: another one, or an older state of it put back, has another name. Its first sequence number: every page
-- was announced at it or behind it.
CREATE TABLE lineage (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    database TEXT NOT NULL,
    first_seq BIGINT NOT NULL
);
