-- Several workers on one ledger: who is at work, how fast they may go, and what proves an unsubscribe link.

-- Whoever delivers says so here, again and again; one not heard of for a while is gone.
CREATE TABLE workers (
    id TEXT PRIMARY KEY,
    seen_at BIGINT NOT NULL
) WITHOUT ROWID;

-- A relay's pace, shared by all workers: the moment from which its next message may leave.
CREATE TABLE paces (
    name TEXT PRIMARY KEY,
    free_at BIGINT NOT NULL
) WITHOUT ROWID;

-- Calls to robots that count against their limits; older ones are dropped as new ones are counted.
CREATE TABLE robot_calls (
    robot TEXT NOT NULL,
    called_at BIGINT NOT NULL
);
CREATE INDEX robot_calls_recent ON robot_calls (robot, called_at);

-- How many parts of a message that had to be split were taken: a retry goes on after them.
ALTER TABLE deliveries ADD COLUMN parts BIGINT NOT NULL DEFAULT 0;

-- Secrets this installation made for itself, such as the one that signs unsubscribe links.
CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- Until when a worker has the incident's overdue deadlines in hand.
ALTER TABLE incidents ADD COLUMN claimed_until BIGINT NOT NULL DEFAULT 0;

-- Since when a set of contacts is being written: one that nobody came to use is swept up after a while.
ALTER TABLE contact_sets ADD COLUMN staged_at BIGINT NOT NULL DEFAULT 0;

PRAGMA user_version = 2;
