-- What an installation keeps: journal, ledger, outbox, contact book.
-- Moments are milliseconds since 1970 in UTC; ids are text; truth values are 0 and 1.

-- Journal ------------------------------------------------------------------------------

-- One row an incident. `head` is what lists show; it, `state` and `next_due` can be rebuilt.
CREATE TABLE incidents (
    id TEXT PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE,
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL,
    state TEXT NOT NULL,
    next_due BIGINT,
    head TEXT NOT NULL
);
CREATE INDEX incidents_due ON incidents (next_due) WHERE next_due IS NOT NULL;

-- Append-only. `hash` binds `body` to every event before it.
CREATE TABLE events (
    incident TEXT NOT NULL REFERENCES incidents (id),
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (incident, seq)
);

-- What a request under an idempotency key was answered.
CREATE TABLE answers (
    idempotency_key TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    answer TEXT NOT NULL,
    answered_at BIGINT NOT NULL
);

-- Ledger -------------------------------------------------------------------------------

-- One row a notice. `queued_seq` orders notices of an incident; `nudge` is the text of a word to staff.
CREATE TABLE notices (
    id TEXT PRIMARY KEY,
    incident TEXT NOT NULL,
    step TEXT NOT NULL,
    state TEXT NOT NULL,
    tells_status BIGINT NOT NULL DEFAULT 0,
    queued_seq BIGINT,
    queued_at BIGINT,
    paused BIGINT NOT NULL DEFAULT 0,
    nudge TEXT,
    first_sent_at BIGINT,
    told_first BIGINT NOT NULL DEFAULT 0,
    told_settled BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX notices_incident ON notices (incident);
CREATE INDEX notices_active ON notices (queued_at) WHERE told_settled = 0;

-- One row a recipient and channel. `again_at` is when the row is next to be taken: a lease moves it
-- to the lease's end, so that a row whose worker went away comes back by itself.
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    notice TEXT NOT NULL REFERENCES notices (id),
    channel TEXT NOT NULL,
    kind TEXT NOT NULL,
    recipient TEXT NOT NULL,
    address TEXT NOT NULL,
    locale TEXT NOT NULL,
    name TEXT NOT NULL,
    org TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    again_at BIGINT NOT NULL DEFAULT 0,
    lease BIGINT NOT NULL DEFAULT 0,
    dated BIGINT,
    sent_at BIGINT,
    reply TEXT NOT NULL DEFAULT '',
    UNIQUE (notice, channel, kind, recipient)
);
CREATE INDEX deliveries_pending ON deliveries (notice, channel, again_at)
    WHERE state IN ('prepared', 'queued', 'sending');

-- Counts leases; each gets the next number as its fencing token.
CREATE TABLE lease_counter (
    only BIGINT PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO lease_counter (only, value) VALUES (1, 0);

-- Outbox -------------------------------------------------------------------------------

CREATE TABLE actions (
    incident TEXT NOT NULL,
    step TEXT NOT NULL,
    run BIGINT NOT NULL,
    action TEXT NOT NULL,
    given TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    again_at BIGINT NOT NULL DEFAULT 0,
    lease BIGINT NOT NULL DEFAULT 0,
    queued_at BIGINT NOT NULL,
    PRIMARY KEY (incident, step, run)
);
CREATE INDEX actions_pending ON actions (again_at) WHERE state = 'queued';

-- Book ---------------------------------------------------------------------------------

-- `folded` is the id without regard to case; `body` is the contact as JSON.
CREATE TABLE contacts (
    folded TEXT PRIMARY KEY,
    body TEXT NOT NULL
) WITHOUT ROWID;

-- Sets of contacts of an incident; a set is written while staged and then used as a whole.
CREATE TABLE contact_sets (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    incident TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL
);
CREATE INDEX contact_sets_named ON contact_sets (incident, name, state);

CREATE TABLE contact_set_members (
    contact_set BIGINT NOT NULL,
    folded TEXT NOT NULL,
    contact TEXT NOT NULL,
    PRIMARY KEY (contact_set, folded)
) WITHOUT ROWID;

-- The channel `hand`: people whom someone called.
CREATE TABLE touches (
    incident TEXT NOT NULL,
    step TEXT NOT NULL,
    contact TEXT NOT NULL,
    reached_by TEXT NOT NULL,
    reached_at BIGINT NOT NULL,
    PRIMARY KEY (incident, step, contact)
);

CREATE TABLE suppressions (
    address TEXT PRIMARY KEY,
    reason TEXT NOT NULL,
    suppressed_at BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE readiness (
    runbook TEXT NOT NULL,
    ready_check TEXT NOT NULL,
    done_at BIGINT NOT NULL,
    done_by TEXT NOT NULL,
    PRIMARY KEY (runbook, ready_check, done_at)
);

-- Read at every start instead of the list of migrations ("MUST" as an application id).
PRAGMA application_id = 1297437524;
PRAGMA user_version = 1;
