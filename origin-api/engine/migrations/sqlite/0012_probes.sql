-- What readiness writes.
CREATE TABLE probes (one BIGINT PRIMARY KEY CHECK (one = 1), at_ms BIGINT NOT NULL);
