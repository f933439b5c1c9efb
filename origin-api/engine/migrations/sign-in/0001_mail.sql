-- Sign-ins by mail that are under way. What lets somebody in stands here as its SHA-256 alone. Rows go when they are used, or
-- when their time is over.
CREATE TABLE mail_sign_ins (
    -- Of what the browser that asked keeps in its cookie.
    flow_hash BLOB NOT NULL PRIMARY KEY,
    page_id TEXT NOT NULL,
    host TEXT NOT NULL,
    -- What stands before the path of a link, such as `https://status.acme.com`.
    origin TEXT NOT NULL,
    address TEXT NOT NULL,
    language TEXT NOT NULL,
    return_to TEXT NOT NULL,
    -- Whom the client counts as; empty where nobody knows.
    network TEXT NOT NULL,
    asked_ms BIGINT NOT NULL,
    -- Codes that were typed.
    tries BIGINT NOT NULL DEFAULT 0,
    -- When the mail is sent, or sent again. NULL: there is nothing to send.
    due_ms BIGINT,
    attempts BIGINT NOT NULL DEFAULT 0,
    -- The rule by which the address is known, once somebody looked.
    matched TEXT
) WITHOUT ROWID;
CREATE INDEX mail_sign_ins_by_address ON mail_sign_ins (address);
CREATE INDEX mail_sign_ins_by_network ON mail_sign_ins (network);
CREATE INDEX mail_sign_ins_by_page ON mail_sign_ins (page_id, matched);
CREATE INDEX mail_sign_ins_by_time ON mail_sign_ins (asked_ms);
CREATE INDEX mail_sign_ins_due ON mail_sign_ins (due_ms) WHERE due_ms IS NOT NULL;

-- What was mailed, once for each attempt: one that seems to have failed may have arrived.
CREATE TABLE mail_links (
    token_hash BLOB NOT NULL PRIMARY KEY,
    flow_hash BLOB NOT NULL REFERENCES mail_sign_ins (flow_hash) ON DELETE CASCADE,
    -- Of the flow's hash and the code, so that a code is worth nothing without the cookie.
    code_hash BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX mail_links_by_flow ON mail_links (flow_hash);
