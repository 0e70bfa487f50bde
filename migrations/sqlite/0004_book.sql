-- Counts changes to the contact book: what was counted from the book holds as long as this number stands.
CREATE TABLE book_changes (
    id BIGINT PRIMARY KEY,
    number BIGINT NOT NULL
);
INSERT INTO book_changes (id, number) VALUES (1, 0);

PRAGMA user_version = 4;
