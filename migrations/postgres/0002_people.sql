-- People: accounts, how they sign in, and who may not try again yet.
-- Of every token only its SHA-256 is kept, so that whoever reads this can't use any of them.

-- Counts changes to accounts; whoever changes one takes this row first, so that rules about all of them hold.
CREATE TABLE people_changes (
    id BIGINT PRIMARY KEY,
    number BIGINT NOT NULL
);
INSERT INTO people_changes (id, number) VALUES (1, 0);

-- `person` is who acts in journals; `roles` are separated by blanks; `password` is argon2id's own text.
CREATE TABLE accounts (
    person TEXT COLLATE "C" PRIMARY KEY,
    name TEXT NOT NULL,
    access TEXT NOT NULL,
    roles TEXT NOT NULL,
    locale TEXT,
    password TEXT NOT NULL,
    disabled BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    signed_in_at BIGINT
);

-- A link by which somebody gets an account, or a new password. One without a person makes the first account.
CREATE TABLE invitations (
    digest TEXT COLLATE "C" PRIMARY KEY,
    id TEXT COLLATE "C" NOT NULL UNIQUE,
    person TEXT COLLATE "C",
    name TEXT NOT NULL,
    access TEXT NOT NULL,
    roles TEXT NOT NULL,
    invited_by TEXT,
    invited_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

-- A browser in which somebody is signed in. `seen_at` is kept coarsely.
CREATE TABLE sessions (
    digest TEXT COLLATE "C" PRIMARY KEY,
    id TEXT COLLATE "C" NOT NULL UNIQUE,
    person TEXT COLLATE "C" NOT NULL REFERENCES accounts (person),
    browser TEXT NOT NULL,
    address TEXT NOT NULL,
    begun_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);
CREATE INDEX sessions_of ON sessions (person);

-- What programs call the interface with. `used_at` is kept coarsely.
CREATE TABLE api_tokens (
    digest TEXT COLLATE "C" PRIMARY KEY,
    id TEXT COLLATE "C" NOT NULL UNIQUE,
    person TEXT COLLATE "C" NOT NULL REFERENCES accounts (person),
    name TEXT NOT NULL,
    access TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    used_at BIGINT
);
CREATE INDEX api_tokens_of ON api_tokens (person);

-- Failed sign-ins by what they are counted for: an account, an address, both, or all.
CREATE TABLE sign_in_failures (
    counted TEXT COLLATE "C" PRIMARY KEY,
    failures BIGINT NOT NULL,
    since BIGINT NOT NULL
);

INSERT INTO muster_schema (version) VALUES (2);
