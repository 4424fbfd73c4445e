-- +goose Up
-- An import finds the entry that a sheet means by its code.
CREATE INDEX achievements_code ON achievements (institution_id, lower(code));
